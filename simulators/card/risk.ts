import { toHex } from '../../protocols/bytes/bytes.ts'
import { amountOf } from './amount.ts'
import type { CryptogramType, Running } from './state.ts'

/** Why a card asks for more than the terminal does. */
export type Limit = keyof typeof LIMITS

interface Rule {
  passed(running: Running, amount: number): boolean
  /** The card gives at most this in its first cryptogram. */
  first: CryptogramType
  /** And declines in the second when the terminal could not go online. */
  offline: boolean
}

const NEVER = Number.POSITIVE_INFINITY

/** Card risk management of this simulator's cards; EMV 4.4 Book 3, 9.3 leaves it to the payment system, the limits are 9F14 and 9F23's. */
const LIMITS = {
  blocked: { passed: ({ memory }) => memory.blocked, first: 'aac', offline: true },
  ceiling: {
    passed: ({ application }, amount) => amount > (application.profile.risk.ceiling ?? NEVER),
    first: 'aac',
    offline: true,
  },
  alwaysOnline: {
    passed: ({ application }) => application.profile.risk.alwaysOnline,
    first: 'arqc',
    offline: false,
  },
  floor: {
    passed: ({ application }, amount) => amount > (application.profile.risk.floor ?? NEVER),
    first: 'arqc',
    offline: false,
  },
  lowerCount: {
    passed: ({ application, memory }) => memory.offlineCount >= (application.profile.risk.lower ?? NEVER),
    first: 'arqc',
    offline: false,
  },
  upperCount: {
    passed: ({ application, memory }) => memory.offlineCount >= (application.profile.risk.upper ?? NEVER),
    first: 'arqc',
    offline: true,
  },
  upperAmount: {
    passed: ({ application, memory }, amount) =>
      memory.offlineAmount + amount > (application.profile.risk.upperAmount ?? NEVER),
    first: 'arqc',
    offline: true,
  },
  lastIncomplete: { passed: ({ transaction }) => transaction.lastIncomplete, first: 'arqc', offline: false },
  issuerWants: { passed: ({ memory }) => memory.goOnlineNext, first: 'arqc', offline: false },
} as const satisfies Record<string, Rule>

const RULES: readonly (readonly [Limit, Rule])[] = Object.entries(LIMITS) as [Limit, Rule][]

/** From the most to the least willing. */
const SEVERITY: readonly CryptogramType[] = ['tc', 'arqc', 'aac']

/** Authorisation Response Codes that say that the terminal could not go online, EMV 4.4 Book 4, Annex A6: Y3 and Z3. */
const UNABLE: readonly string[] = ['5933', '5A33']

/** The limits that a transaction passes. */
export function limitsOf(running: Running): Limit[] {
  const amount = amountOf(running.transaction.told) ?? 0
  return RULES.filter(([, rule]) => rule.passed(running, amount)).map(([limit]) => limit)
}

/** Type of the first cryptogram, EMV 4.4 Book 3, 9.2: never more than the terminal asked for. */
export function decideFirst(asked: CryptogramType, limits: readonly Limit[]): CryptogramType {
  return [asked, ...limits.map((limit) => LIMITS[limit].first)].reduce(severer)
}

/** Type of the second cryptogram: TC or AAC. */
export function decideSecond(
  asked: CryptogramType,
  running: Running,
  limits: readonly Limit[],
): 'tc' | 'aac' {
  const { issuerAuthentication, unableOnline } = running.application.profile.risk
  const { events } = running.transaction
  const refusals = [
    asked !== 'tc',
    running.memory.blocked,
    events.has('issuerRefused'),
    events.has('issuerDeclined'),
    events.has('unableOnline') &&
      (unableOnline === 'decline' || limits.some((limit) => LIMITS[limit].offline)),
    !events.has('unableOnline') && issuerAuthentication === 'mandatory' && !events.has('issuerAuthenticated'),
  ]
  return refusals.includes(true) ? 'aac' : 'tc'
}

/** Whether the terminal says in tag 8A that it could not go online. */
export function couldNotGoOnline(responseCode: Uint8Array | undefined): boolean {
  return responseCode !== undefined && UNABLE.includes(toHex(responseCode))
}

function severer(a: CryptogramType, b: CryptogramType): CryptogramType {
  return SEVERITY.indexOf(a) >= SEVERITY.indexOf(b) ? a : b
}
