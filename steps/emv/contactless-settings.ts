import { fromHex } from '../../protocols/bytes/bytes.ts'
import type {
  Combination,
  ContactlessProfile,
  EntryPointLimits,
  Kernel2Configuration,
} from '../../simulators/pos/contactless/configuration.ts'
import type { TerminalProfile } from '../../simulators/pos/profile.ts'
import { parseMoney } from '../bench/money.ts'

type Settings<Of> = Readonly<Record<string, (value: string) => Partial<Of>>>

/** Entry Point's configuration of a combination, by the names of EMV Contactless Book A, 5.2. Amounts are EUR. */
const ENTRY_POINT: Settings<EntryPointLimits> = {
  'Status Check Support': (word) => ({ statusCheck: isYes(word) }),
  'Zero Amount Allowed': (word) => ({ zeroAmountAllowed: isYes(word) }),
  'Reader Contactless Transaction Limit': (amount) => ({ transactionLimit: amountOrNone(amount) }),
  'Reader Contactless Floor Limit': (amount) => ({ floorLimit: amountOrNone(amount) }),
  'Terminal Floor Limit': (amount) => ({ terminalFloorLimit: amountOrNone(amount) }),
  'Reader CVM Required Limit': (amount) => ({ cvmRequiredLimit: amountOrNone(amount) }),
  'Terminal Transaction Qualifiers': (hex) => ({ ttq: fromHex(hex) }),
}

/** Kernel 2's configuration, by the names of Book C-2, Annex A. */
const KERNEL_2: Settings<Kernel2Configuration> = {
  'Kernel Configuration': (hex) => ({ configuration: fromHex(hex) }),
  'Card Data Input Capability': (hex) => ({ cardDataInput: fromHex(hex) }),
  'CVM Capability - CVM Required': (hex) => ({ cvmRequired: fromHex(hex) }),
  'CVM Capability - No CVM Required': (hex) => ({ noCvmRequired: fromHex(hex) }),
  'Mag-stripe CVM Capability - CVM Required': (hex) => ({ magStripeCvmRequired: fromHex(hex) }),
  'Mag-stripe CVM Capability - No CVM Required': (hex) => ({ magStripeNoCvmRequired: fromHex(hex) }),
  'Security Capability': (hex) => ({ security: fromHex(hex) }),
  'Reader Contactless Floor Limit': (amount) => ({ floorLimit: amountOf(amount) }),
  'Reader Contactless Transaction Limit (No On-device CVM)': (amount) => ({
    transactionLimit: amountOf(amount),
  }),
  'Reader Contactless Transaction Limit (On-device CVM)': (amount) => ({
    transactionLimitOnDevice: amountOf(amount),
  }),
  'Reader CVM Required Limit': (amount) => ({ cvmRequiredLimit: amountOf(amount) }),
  'Max Number of Torn Transaction Log Records': (number) => ({ tornRecords: Number(number) }),
  'Max Lifetime of Torn Transaction Log Record': (seconds) => ({ tornLifetimeSeconds: Number(seconds) }),
  'Balance Read Before Gen AC': (word) => ({ balance: { before: isYes(word), after: false } }),
  'Balance Read After Gen AC': (word) => ({ balance: { before: false, after: isYes(word) } }),
}

/** Terminal Action Codes, DF8120 to DF8122. */
const ACTION_CODES: Settings<Kernel2Configuration['tac']> = {
  'Terminal Action Code - Denial': (hex) => ({ denial: fromHex(hex) }),
  'Terminal Action Code - Online': (hex) => ({ online: fromHex(hex) }),
  'Terminal Action Code - Default': (hex) => ({ default: fromHex(hex) }),
}

/** The profile with another configuration of Entry Point for all combinations. Throws for a name that is none. */
export function withEntryPoint(profile: TerminalProfile, values: Record<string, string>): TerminalProfile {
  const change = changeOf(ENTRY_POINT, values)
  return inCombinations(profile, (each) => ({ ...each, entryPoint: { ...each.entryPoint, ...change } }))
}

/** The profile with another configuration of kernel 2. Throws for a name that is none. */
export function withKernel2(profile: TerminalProfile, values: Record<string, string>): TerminalProfile {
  const isCode = (name: string) => name in ACTION_CODES
  const [codes, others] = [picked(values, isCode), picked(values, (name) => !isCode(name))]
  const change = changeOf(KERNEL_2, others)
  const tac = changeOf(ACTION_CODES, codes)
  return inCombinations(profile, ({ kernel2, ...each }) => ({
    ...each,
    kernel2: { ...kernel2, ...change, tac: { ...kernel2.tac, ...tac } },
  }))
}

/** The profile with a change of its contactless part. Throws when it has none. */
export function inContactless(
  profile: TerminalProfile,
  change: (contactless: ContactlessProfile) => ContactlessProfile,
): TerminalProfile {
  const { contactless } = profile
  if (contactless === undefined) throw new Error(`expected terminal ${profile.id} to have "contactless"`)
  return { ...profile, contactless: change(contactless) }
}

/** The profile with a change of each of its combinations. */
export function inCombinations(
  profile: TerminalProfile,
  change: (combination: Combination) => Combination,
): TerminalProfile {
  return inContactless(profile, ({ combinations, ...more }) => ({
    ...more,
    combinations: combinations.map(change),
  }))
}

function changeOf<Of>(settings: Settings<Of>, values: Record<string, string>): Partial<Of> {
  const changes = Object.entries(values).map(([name, value]) => {
    const setting = settings[name]
    if (setting === undefined)
      throw new Error(`expected one of ${Object.keys(settings).join(', ')}, got "${name}"`)
    return setting(value)
  })
  return Object.assign({}, ...changes)
}

function picked(values: Record<string, string>, wanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)))
}

function amountOrNone(amount: string): bigint | null {
  return amount === 'none' ? null : amountOf(amount)
}

function amountOf(amount: string): bigint {
  return parseMoney(amount, 'EUR').value
}

function isYes(word: string): boolean {
  if (word === 'yes' || word === 'no') return word === 'yes'
  throw new Error(`expected yes or no, got "${word}"`)
}
