import { equal, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import {
  CONDITION_WORDS,
  CVM_METHODS,
  type CvmList,
  type CvmMethod,
  type CvmRule,
  type CvmSituation,
  FAIL_CVM,
  holds,
  NO_CVM,
  parseCvmList,
} from '../emv/cvm-list.ts'
import { done, reading, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'
import { newPinDialogue, type PinDialogue, verifyOfflinePin, verifyOnlinePin } from './pin.ts'

/** Byte 3 of CVM Results, EMV 4.4 Book 4, A4. */
const RESULT = { unknown: 0x00, failed: 0x01, successful: 0x02 } as const
type CvmResult = keyof typeof RESULT

const STEP = 'Cardholder verification'
const CARDHOLDER_VERIFICATION_SUPPORTED = 0x10
/** 9F34 when nothing was performed; the last byte says whether that was wanted (Book 4, 6.3.4.5). */
const NOT_PERFORMED = fromHex('3F0000')
const NO_METHOD_APPLIED = fromHex('3F0001')

/** Cardholder verification, EMV 4.4 Book 3, 10.5: results in TVR, TSI and 9F34. */
export async function verifyCardholder(context: ContactContext): Promise<Step<null>> {
  const { data, tvr, tsi, note } = context
  data.set('9F34', NOT_PERFORMED)
  const [aip = 0] = data.require('82')
  if ((aip & CARDHOLDER_VERIFICATION_SUPPORTED) === 0) {
    note(STEP, 'the card does not support it')
    return done(null)
  }
  const bytes = data.get('8E')
  const list = reading('CVM List', () => (bytes === undefined ? null : parseCvmList(bytes)))
  if (!list.done) return list
  // 10.5: a list without rules is as none.
  if (list.value === null || list.value.rules.length === 0) {
    tvr.set('iccDataMissing')
    note(STEP, 'the card has no CVM List with rules')
    return done(null)
  }
  const results = await applyRules(context, list.value)
  if (!results.done) return results
  data.set('9F34', results.value)
  tsi.set('cardholderVerified')
  note(STEP, `CVM results ${toHex(results.value)}`)
  return done(null)
}

/** Goes through the rules until one succeeds or forbids to go on: the value of 9F34. */
async function applyRules(context: ContactContext, list: CvmList): Promise<Step<Uint8Array>> {
  const dialogue = newPinDialogue()
  let results = NO_METHOD_APPLIED
  for (const rule of list.rules) {
    const method = CVM_METHODS.get(rule.method)
    const condition = CONDITION_WORDS.get(rule.condition) ?? 'on a reserved condition'
    const words = `${method?.name ?? `method ${hexByte(rule.method)}`}, ${condition}`
    if (!holds(rule.condition, situationOf(context, list, method))) {
      context.note(STEP, `${words}: condition not met`)
      continue
    }
    const result = await applyMethod(context, rule, method, dialogue)
    if (!result.done) return result
    context.note(STEP, `${words}: ${result.value ?? 'not supported'}`)
    if (result.value !== null) results = Uint8Array.of(rule.code, rule.condition, RESULT[result.value])
    if (result.value === 'successful' || result.value === 'unknown') return done(results)
    if (!rule.goOn) break
  }
  context.tvr.set('cvmNotSuccessful')
  return done(results)
}

/** Null when the terminal cannot perform the method: nothing was performed then. */
async function applyMethod(
  context: ContactContext,
  rule: CvmRule,
  method: CvmMethod | undefined,
  dialogue: PinDialogue,
): Promise<Step<CvmResult | null>> {
  if (method === undefined) {
    context.tvr.set('cvmUnrecognised')
    return done(null)
  }
  if (!isSupported(context, method)) {
    // 10.5.1 and 10.5.2: a PIN is wanted where none can be entered.
    if (method.onlinePin || method.offlinePin !== null) context.tvr.set('pinPadNotWorking')
    return done(null)
  }
  if (rule.method === FAIL_CVM) return done('failed')
  if (rule.method === NO_CVM) return done('successful')
  if (method.onlinePin) return done((await verifyOnlinePin(context, dialogue)) ? 'unknown' : 'failed')
  if (method.offlinePin === null) return done('unknown')
  const verified = await verifyOfflinePin(context, method.offlinePin === 'enciphered', dialogue)
  if (!verified.done) return verified
  if (!verified.value) return done('failed')
  // Book 4, 6.3.4.5: with a signature the whole is not known until somebody compared it.
  return done(method.signature ? 'unknown' : 'successful')
}

function isSupported({ settings }: ContactContext, { capability }: CvmMethod): boolean {
  const [, capabilities = 0] = fromHex(settings.capabilities)
  return (capabilities & capability) === capability
}

const CASH = [0x01, 0x17]
const CASHBACK = 0x09

function situationOf(context: ContactContext, list: CvmList, method: CvmMethod | undefined): CvmSituation {
  const { data, transaction, type } = context
  const cash = CASH.includes(transaction.type)
  const cardCurrency = data.get('9F42')
  return {
    list,
    amount: transaction.amount,
    inCardCurrency: cardCurrency !== undefined && equal(cardCurrency, data.require('5F2A')),
    unattended: !type.attended,
    cash,
    manualCash: cash && type.attended,
    cashback: transaction.type === CASHBACK,
    supported: method !== undefined && isSupported(context, method),
  }
}

function hexByte(value: number): string {
  return toHex(Uint8Array.of(value))
}
