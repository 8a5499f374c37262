import { equal, toHex } from '../../../protocols/bytes/bytes.ts'
import { isPastDay } from '../../../protocols/emv/oda/date.ts'
import type { DataStore } from './data-store.ts'
import { isAtm } from './terminal-type.ts'
import type { Tvr } from './tvr.ts'

const CASH = new Set(['01', '17'])
const CASHBACK = '09'

/** Processing restrictions, EMV 4.4 Book 3, 10.4: what differs is in the TVR. */
export function restrictProcessing(data: DataStore, tvr: Tvr): void {
  if (versionsDiffer(data)) tvr.set('versionsDiffer')
  if (!isServiceAllowed(data)) tvr.set('serviceNotAllowed')
  const today = data.require('9A')
  const [effective, expiry] = [data.get('5F25'), data.get('5F24')]
  if (effective !== undefined && isPastDay(effective, today)) tvr.set('notYetEffective')
  if (expiry !== undefined && isPastDay(today, expiry)) tvr.set('expired')
}

// 10.4.1: a card without a version is taken to have the terminal's.
function versionsDiffer(data: DataStore): boolean {
  const [card, terminal] = [data.get('9F08'), data.get('9F09')]
  return card !== undefined && terminal !== undefined && !equal(card, terminal)
}

/** 10.4.2, with the bits of Application Usage Control, Book 3, C2. */
function isServiceAllowed(data: DataStore): boolean {
  const usage = data.get('9F07')
  if (usage === undefined) return true
  const [first = 0, second = 0] = usage
  const atm = isAtm(toHex(data.require('9F35')), data.require('9F40'))
  if ((first & (atm ? 0x02 : 0x01)) === 0) return false
  const country = data.get('5F28')
  if (country === undefined) return true
  const domestic = equal(country, data.require('9F1A'))
  return servicesOf(data).every(({ byte, domesticBits, internationalBits }) => {
    const bits = domestic ? domesticBits : internationalBits
    return ((byte === 1 ? first : second) & bits) !== 0
  })
}

interface Service {
  byte: 1 | 2
  domesticBits: number
  internationalBits: number
}

const CASH_SERVICE: Service = { byte: 1, domesticBits: 0x80, internationalBits: 0x40 }
// Goods or services: a terminal's transaction type does not tell them apart.
const PURCHASE_SERVICE: Service = { byte: 1, domesticBits: 0x28, internationalBits: 0x14 }
const CASHBACK_SERVICE: Service = { byte: 2, domesticBits: 0x80, internationalBits: 0x40 }

function servicesOf(data: DataStore): Service[] {
  const type = toHex(data.require('9C'))
  if (CASH.has(type)) return [CASH_SERVICE]
  if (type === CASHBACK) return [PURCHASE_SERVICE, CASHBACK_SERVICE]
  return type === '00' ? [PURCHASE_SERVICE] : []
}
