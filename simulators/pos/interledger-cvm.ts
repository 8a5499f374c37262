import { equal, fromHex } from '../../protocols/bytes/bytes.ts'
import type { CardData } from './card-data.ts'
import { type CvmList, FAIL_CVM, holds, NO_CVM, parseCvmList } from './emv/cvm-list.ts'
import { done, reading, type Step } from './step.ts'
import type { Transaction } from './transaction.ts'

/** How an Interledger card wants its holder verified, as far as this terminal can: `failed` when none of its methods is possible here. */
export type CardholderVerification = 'online PIN' | 'no CVM' | 'failed'

export interface VerificationSituation {
  /** Application Interchange Profile, 82. */
  aip: Uint8Array
  records: CardData
  transaction: Transaction
  /** Whether the terminal has a PIN pad and keys for it. */
  onlinePin: boolean
}

const SUPPORTED_BY_CARD = 0x10
const ONLINE_PIN = 0x02

/**
 * The first method of the card's CVM List that applies, EMV 4.4 Book 3, 10.5: online PIN and no CVM are what the profile has use for. Null
 * when the card has no list.
 */
export function verificationOf(situation: VerificationSituation): Step<CardholderVerification | null> {
  const [aip = 0] = situation.aip
  const bytes = situation.records.get('8E')
  if ((aip & SUPPORTED_BY_CARD) === 0 || bytes === undefined) return done(null)
  const list = reading('CVM List', () => parseCvmList(bytes))
  return list.done ? done(firstOf(list.value, situation)) : list
}

function firstOf(list: CvmList, situation: VerificationSituation): CardholderVerification {
  for (const { method, condition, goOn } of list.rules) {
    const supported = method === NO_CVM || (method === ONLINE_PIN && situation.onlinePin)
    if (!holds(condition, { ...conditionsOf(situation, list), supported })) continue
    if (method === FAIL_CVM) return 'failed'
    if (supported) return method === NO_CVM ? 'no CVM' : 'online PIN'
    if (!goOn) return 'failed'
  }
  return list.rules.length === 0 ? 'no CVM' : 'failed'
}

/** An attended purchase without cashback. */
function conditionsOf({ records, transaction }: VerificationSituation, list: CvmList) {
  const { amount, currency } = transaction
  const cardCurrency = records.get('9F42')
  const inCardCurrency = cardCurrency !== undefined && equal(cardCurrency, fromHex(currency.numeric))
  return { list, amount, inCardCurrency, unattended: false, cash: false, manualCash: false, cashback: false }
}
