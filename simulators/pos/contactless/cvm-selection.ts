import { equal, toHex } from '../../../protocols/bytes/bytes.ts'
import {
  CONDITION_WORDS,
  CVM_METHODS,
  type CvmList,
  type CvmRule,
  type CvmSituation,
  FAIL_CVM,
  holds,
  NO_CVM,
  parseCvmList,
} from '../emv/cvm-list.ts'
import { terminalTypeOf } from '../emv/terminal-type.ts'
import { aipHas } from './aip.ts'
import { type Kernel2Context, parsing } from './context.ts'
import { go, type Phase } from './endings.ts'
import { isConfigured } from './kernel-configuration.ts'
import type { OutcomeCvm } from './outcome-parameters.ts'

const ONLINE_PIN = 0x02
const SIGNATURE = 0x1e
const CASH = 0x01
const MANUAL_CASH = 0x17
const CASHBACK = 0x09

/** Result byte of the CVM Results, EMV 4.4 Book 4, A4. */
const UNKNOWN = 0x00
const FAILED = 0x01
const SUCCESSFUL = 0x02

/** What a method that is selected asks of the cardholder; offline PINs do not exist without contacts. */
const OUTCOMES: ReadonlyMap<number, { cvm: OutcomeCvm; result: number }> = new Map<
  number,
  { cvm: OutcomeCvm; result: number }
>([
  [ONLINE_PIN, { cvm: 'ONLINE PIN', result: UNKNOWN }],
  [SIGNATURE, { cvm: 'OBTAIN SIGNATURE', result: UNKNOWN }],
  [NO_CVM, { cvm: 'NO CVM', result: SUCCESSFUL }],
])

/**
 * Selects the cardholder verification method, Book C-2, 7.5 (CVM Selection): sets the CVM Results (9F34), the outcome's CVM, and what of
 * it belongs in the TVR. `overLimit`: the amount is above the Reader CVM Required Limit.
 */
export function selectCvm(context: Kernel2Context, aip: Uint8Array, overLimit: boolean): Phase<null> {
  const { data, tvr, configuration } = context
  if (aipHas(aip, 'onDeviceCvm') && isConfigured(configuration, 'onDeviceCvm'))
    return overLimit
      ? conclude(context, [0x01, 0x00, SUCCESSFUL], 'CONFIRMATION CODE VERIFIED')
      : conclude(context, [0x3f, 0x00, SUCCESSFUL], 'NO CVM')
  const none = [0x3f, 0x00, UNKNOWN]
  if (!aipHas(aip, 'cardholderVerification')) return conclude(context, none, 'NO CVM')
  const bytes = data.get('8E')
  if (bytes === undefined) {
    tvr.set('iccDataMissing')
    return conclude(context, none, 'NO CVM')
  }
  const list = parsing(context, 'CVM List', () => parseCvmList(bytes))
  if (!list.done) return list
  return list.value.rules.length === 0 ? conclude(context, none, 'NO CVM') : applyRules(context, list.value)
}

function applyRules(context: Kernel2Context, list: CvmList): Phase<null> {
  const situation = situationOf(context, list)
  for (const [index, rule] of list.rules.entries()) {
    const supported = isSupported(context, rule.method)
    if (!holds(rule.condition, { ...situation, supported })) continue
    noteRule(context, rule)
    if (!CVM_METHODS.has(rule.method)) context.tvr.set('cvmUnrecognised')
    const outcome = supported ? OUTCOMES.get(rule.method) : undefined
    if (outcome !== undefined) return choose(context, rule, outcome)
    if (rule.goOn && index < list.rules.length - 1) continue
    context.tvr.set('cvmNotSuccessful')
    return conclude(context, [rule.code, rule.condition, FAILED], 'NO CVM')
  }
  // EMV 4.4 Book 3, 10.5: no condition held.
  context.tvr.set('cvmNotSuccessful')
  return conclude(context, [0x3f, 0x00, FAILED], 'NO CVM')
}

function choose(
  context: Kernel2Context,
  { code, condition }: CvmRule,
  { cvm, result }: { cvm: OutcomeCvm; result: number },
): Phase<null> {
  if (cvm === 'ONLINE PIN') context.tvr.set('onlinePinEntered')
  if (cvm === 'OBTAIN SIGNATURE') context.receipt = true
  return conclude(context, [code, condition, result], cvm)
}

function conclude(context: Kernel2Context, bytes: readonly number[], cvm: OutcomeCvm): Phase<null> {
  const results = Uint8Array.from(bytes)
  context.data.set('9F34', results)
  context.cvm = cvm
  context.note('Cardholder verification', `${cvm}, CVM results ${toHex(results)}`)
  return go(null)
}

function noteRule({ note }: Kernel2Context, { method, condition }: CvmRule): void {
  const name = CVM_METHODS.get(method)?.name ?? `method ${method}, not recognised`
  note(
    'Cardholder verification rule',
    `${name} ${CONDITION_WORDS.get(condition) ?? `condition ${condition}`}`,
  )
}

function situationOf({ data, transaction }: Kernel2Context, list: CvmList): Omit<CvmSituation, 'supported'> {
  const cardCurrency = data.get('9F42')
  const { type, amount } = transaction
  return {
    list,
    amount,
    inCardCurrency: cardCurrency !== undefined && equal(cardCurrency, data.require('5F2A')),
    unattended: !terminalTypeOf(toHex(data.require('9F35'))).attended,
    cash: type === CASH,
    manualCash: type === MANUAL_CASH,
    cashback: type === CASHBACK,
  }
}

// 9F33 byte 2, EMV 4.4 Book 4, A2.
function isSupported({ data }: Kernel2Context, method: number): boolean {
  const needed = CVM_METHODS.get(method)?.capability
  const [, capabilities = 0] = data.require('9F33')
  return method !== FAIL_CVM && needed !== undefined && (capabilities & needed) === needed
}
