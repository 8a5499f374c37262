import type { EntryPointLimits } from './configuration.ts'

/** What Entry Point finds before a card is there, for one combination (EMV Contactless Book B, Table 3-2). */
export interface Indicators {
  statusCheckRequested: boolean
  contactlessNotAllowed: boolean
  zeroAmount: boolean
  cvmRequiredLimitExceeded: boolean
  floorLimitExceeded: boolean
  /** The combination's Terminal Transaction Qualifiers (9F66), 4 bytes, null where its kernel has none. */
  ttq: Uint8Array | null
}

export interface PreProcessed {
  indicators: Indicators
  /** Why, for the journal. */
  found: string[]
}

const OFFLINE_ONLY_READER = 0x08
const ONLINE_CRYPTOGRAM_REQUIRED = 0x80
const CVM_REQUIRED = 0x40

type Check = (facts: Facts) => boolean

interface Facts {
  amount: bigint
  /** One unit of the currency in minor units. */
  unit: bigint
  limits: EntryPointLimits
}

const isOffline = ({ limits }: Facts): boolean => {
  return ((limits.ttq?.[0] ?? 0) & OFFLINE_ONLY_READER) !== 0
}
const isZero: Check = ({ amount }) => amount === 0n

// Book B, 3.1.1.2 to 3.1.1.8: "greater than or equal" for the transaction and the CVM limit, "greater" for floor limits.
const CHECKS: readonly [text: string, indicator: keyof Omit<Indicators, 'ttq'>, holds: Check][] = [
  [
    'amount is one unit: status check',
    'statusCheckRequested',
    ({ amount, unit, limits }) => limits.statusCheck && amount === unit,
  ],
  ['amount is zero', 'zeroAmount', (facts) => isZero(facts) && facts.limits.zeroAmountAllowed],
  [
    'zero amount is not allowed',
    'contactlessNotAllowed',
    (facts) => isZero(facts) && !facts.limits.zeroAmountAllowed,
  ],
  [
    'zero amount on an offline-only reader',
    'contactlessNotAllowed',
    (facts) => isZero(facts) && facts.limits.zeroAmountAllowed && isOffline(facts),
  ],
  [
    'amount reaches the contactless transaction limit',
    'contactlessNotAllowed',
    ({ amount, limits }) => limits.transactionLimit !== null && amount >= limits.transactionLimit,
  ],
  [
    'amount exceeds the floor limit',
    'floorLimitExceeded',
    ({ amount, limits }) => {
      const limit = limits.floorLimit ?? limits.terminalFloorLimit
      return limit !== null && amount > limit
    },
  ],
  [
    'amount reaches the CVM required limit',
    'cvmRequiredLimitExceeded',
    ({ amount, limits }) => limits.cvmRequiredLimit !== null && amount >= limits.cvmRequiredLimit,
  ],
]

/**
 * Pre-processing of one combination, Book B, 3.1.1. `amount`: minor units; `exponent`: digits after the point of its currency, which say
 * what one unit is.
 */
export function preProcess(limits: EntryPointLimits, amount: bigint, exponent: number): PreProcessed {
  const facts: Facts = { amount, unit: 10n ** BigInt(exponent), limits }
  const holding = CHECKS.filter(([, , holds]) => holds(facts))
  const has = (name: keyof Indicators): boolean => holding.some(([, indicator]) => indicator === name)
  const flags = {
    statusCheckRequested: has('statusCheckRequested'),
    contactlessNotAllowed: has('contactlessNotAllowed'),
    zeroAmount: has('zeroAmount'),
    cvmRequiredLimitExceeded: has('cvmRequiredLimitExceeded'),
    floorLimitExceeded: has('floorLimitExceeded'),
  }
  const ttq = limits.ttq === null ? null : qualifiers(limits.ttq, flags)
  return { indicators: { ...flags, ttq }, found: holding.map(([text]) => text) }
}

/** Book B, 3.1.1.9 to 3.1.1.12: the two bits of byte 2 say what this transaction needs. */
function qualifiers(configured: Uint8Array, flags: Omit<Indicators, 'ttq'>): Uint8Array {
  const online = flags.floorLimitExceeded || flags.statusCheckRequested || flags.zeroAmount
  const needed =
    (online ? ONLINE_CRYPTOGRAM_REQUIRED : 0) | (flags.cvmRequiredLimitExceeded ? CVM_REQUIRED : 0)
  const ttq = Uint8Array.from(configured)
  ttq[1] = ((ttq[1] ?? 0) & ~(ONLINE_CRYPTOGRAM_REQUIRED | CVM_REQUIRED)) | needed
  return ttq
}
