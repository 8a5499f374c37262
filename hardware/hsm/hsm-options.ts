import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { type TokenAccess, tokenName } from './access.ts'
import { HsmError } from './error.ts'
import { type KeyStore, MemoryKeyStore } from './keys/key-store.ts'

export interface HsmOptions {
  token: TokenAccess
  /** More tokens with the same master keys: all answer as one, and one that is away costs no request. */
  twins?: readonly TokenAccess[]
  /** Where the sealed keys lie; default: in memory, for this HSM alone. */
  keys?: KeyStore
  /** Signer processes of each token; default 2. */
  signers?: number
  /** Whether what the token cannot do may be done with the key in a signer's memory; default: no. */
  clearAllowed?: boolean
  journal: Journal
  clock?: Clock
  /** Requests that may wait for a signer, default 10,000; and how long they may, default 30 s. */
  queueAtMost?: number
  waitAtMostMs?: number
  /** Resident memory at which a signer is replaced; default 256 MiB. */
  recycleAtBytes?: number
}

const DEFAULTS = {
  signers: 2,
  clearAllowed: false,
  queueAtMost: 10_000,
  waitAtMostMs: 30_000,
  recycleAtBytes: 256 * 1024 ** 2,
}
const SIGNERS_AT_MOST = 8

/** With what is left out. Throws INVALID_INPUT_DATA, and CONFIGURATION_WRONG when two tokens have the same name. */
export function settled({ token, twins = [], ...options }: HsmOptions) {
  const tokens = [token, ...twins]
  const clock = options.clock ?? systemClock
  const keys = options.keys ?? new MemoryKeyStore()
  const all = { ...DEFAULTS, ...options, clock, keys, tokens }
  expectNamed(tokens)
  if (!Number.isInteger(all.signers) || all.signers < 1 || all.signers > SIGNERS_AT_MOST)
    throw new HsmError('INVALID_INPUT_DATA', `expected 1 to ${SIGNERS_AT_MOST} signers, got ${all.signers}`)
  return all
}

function expectNamed(tokens: readonly TokenAccess[]): void {
  if (tokens.some((one) => [one.tokenLabel, one.serial, one.slot].every((name) => name === undefined)))
    throw new HsmError('INVALID_INPUT_DATA', 'expected tokenLabel, serial or slot of the token, got none')
  const names = tokens.map(tokenName)
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined)
    throw new HsmError('CONFIGURATION_WRONG', `expected tokens of different names, got "${twice}" twice`)
}
