import { concat } from '../../protocols/bytes/bytes.ts'
import { FAMILIES, type FamilyName } from '../../protocols/emv/cryptograms/families.ts'
import { buildIad, type IadFields } from '../../protocols/emv/cryptograms/iad.ts'
import { signCombinedData, transactionDataHash } from '../../protocols/emv/oda/dynamic-data.ts'
import { encodeTlv } from '../../protocols/tlv/tlv.ts'
import { encodeAll, spoiled, type Values } from './application.ts'
import { cardVerificationResults } from './cvr.ts'
import { amountBytes, counterBytes } from './memory.ts'
import type { Limit } from './risk.ts'
import { type CryptogramType, cardValue, type Running } from './state.ts'

/** Cryptogram Information Data, EMV 4.4 Book 3, table 15. */
const CID: Readonly<Record<CryptogramType, number>> = { aac: 0x00, tc: 0x40, arqc: 0x80 }
const DERIVATION_KEY_INDEX = Uint8Array.of(1)

/** 9F27, 9F36, 9F10 and 9F26 of the transaction as it stands. `dolData`: what the terminal sent with the command. */
export function makeCryptogram(
  running: Running,
  type: CryptogramType,
  dolData: Uint8Array,
  limits: readonly Limit[],
): Map<string, Uint8Array> {
  const { application, memory, transaction } = running
  const made = new Map([
    ['9F27', Uint8Array.of(application.cid ?? CID[type])],
    ['9F36', counterBytes(memory.atc)],
  ])
  const iad = issuerApplicationData(running, limits)
  if (iad !== null) made.set('9F10', iad)
  // What the card has itself comes before what a terminal says of it.
  const lookup = (tag: string) =>
    made.get(tag) ?? (tag === '82' ? cardValue(running, tag) : transaction.told.get(tag))
  made.set('9F26', application.makeCryptogram({ dolData, lookup }))
  return made
}

/** Issuer Application Data: what the family's layout has a field for; the rest is zeros. Null where the family has none. */
function issuerApplicationData(running: Running, limits: readonly Limit[]): Uint8Array | null {
  const { family, profile } = running.application
  if (family === null) return null
  const name = profile.generateAc.cryptogram as FamilyName
  const { dynamicNumber } = running.transaction
  const known: IadFields = {
    derivationKeyIndex: DERIVATION_KEY_INDEX,
    cvr: cardVerificationResults(name, running, limits),
    // Zeros on a card without a key of its own.
    ...(dynamicNumber.length === 0 ? {} : { dac: dynamicNumber.slice(0, 2) }),
    counters: concat(
      amountBytes(running.memory.offlineAmount),
      Uint8Array.of(Math.min(running.memory.offlineCount, 255), 0),
    ),
  }
  const has = FAMILIES[name].iad.map((part) => part.name)
  return buildIad(
    FAMILIES[name].iad,
    Object.fromEntries(Object.entries(known).filter(([field]) => has.includes(field))),
  )
}

/** The answer to GENERATE AC, EMV 4.4 Book 3, 6.5.5.4: bare values in template 80, or data objects in template 77. */
export function plainAnswer({ application }: Running, values: Values): Uint8Array {
  const { format, generateAc } = application.profile
  if (format === 2) return encodeTlv('77', encodeAll(generateAc.answer, values))
  const bare = ['9F27', '9F36', '9F26', '9F10'].map((tag) => values.get(tag) ?? new Uint8Array())
  return encodeTlv('80', bare)
}

export interface SignedAnswer {
  running: Running
  values: Values
  /** Of the second GENERATE AC; empty for the first. */
  cdol2Data: Uint8Array
  unpredictableNumber: Uint8Array
  /** Tags whose values are spoiled when everything is signed. */
  corrupt: readonly string[]
}

/** The same with CDA, Book 2, 6.6.1: Signed Dynamic Application Data in place of the cryptogram. The card must have a key. */
export function signedAnswer({
  running,
  values,
  cdol2Data,
  unpredictableNumber,
  corrupt,
}: SignedAnswer): Uint8Array {
  const { application, transaction } = running
  const key = application.keys.card
  if (key === null) throw new TypeError('expected a card key to sign with, got none')
  const { pdolData, cdol1Data, dynamicNumber, relay } = transaction
  const tags = application.profile.generateAc.answer.filter((tag) => tag !== '9F26')
  const responseObjects = concat(...encodeAll(tags, values))
  const combined = {
    dynamicNumber,
    cid: values.get('9F27')?.[0] ?? 0,
    cryptogram: values.get('9F26') ?? new Uint8Array(),
    transactionDataHash: transactionDataHash({ pdolData, cdol1Data, cdol2Data, responseObjects }),
    further: relay,
  }
  const sent = spoiled(
    new Map([...values, ['9F4B', signCombinedData(key, combined, unpredictableNumber)]]),
    corrupt,
  )
  return encodeTlv('77', encodeAll([...tags, '9F4B'], sent))
}
