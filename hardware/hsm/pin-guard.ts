import { createHash } from 'node:crypto'
import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { TokenAccess } from './access.ts'
import { HsmError } from './error.ts'

const WRONG_AT_MOST = 3
const LOCKED_MS = 15 * 60_000

interface Tries {
  /** Hashes of the PINs that were wrong: none of them is tried again. */
  readonly wrong: Set<string>
  lockedUntil: number
}

/**
 * Stands between callers and a token's own count of wrong PINs, which some tokens never reset and others do not have: a PIN that was wrong
 * does not reach the token again, and after three different wrong ones no PIN does for 15 minutes.
 */
export class PinGuard {
  readonly #clock: Clock
  readonly #tokens = new Map<string, Tries>()

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Throws PIN_LOCKED or PIN_REFUSED_BEFORE when this PIN is not to be tried. */
  admit(access: TokenAccess): void {
    const tries = this.#tokens.get(nameOf(access))
    if (tries === undefined) return
    if (tries.lockedUntil > this.#clock.now()) throw lockedUntil(tries.lockedUntil)
    if (tries.wrong.size >= WRONG_AT_MOST) this.#tokens.delete(nameOf(access))
    else if (tries.wrong.has(hashOf(access.pin)))
      throw new HsmError(
        'PIN_REFUSED_BEFORE',
        'expected the user PIN of the token, got one that was wrong before',
      )
  }

  /** The token said that the PIN is wrong. */
  wrong(access: TokenAccess): void {
    const name = nameOf(access)
    const tries = this.#tokens.get(name) ?? { wrong: new Set(), lockedUntil: 0 }
    this.#tokens.set(name, tries)
    tries.wrong.add(hashOf(access.pin))
    if (tries.wrong.size >= WRONG_AT_MOST) tries.lockedUntil = this.#clock.now() + LOCKED_MS
  }

  /** The token took the PIN. */
  right(access: TokenAccess): void {
    this.#tokens.delete(nameOf(access))
  }
}

/** For all HSMs of a process: they count together. */
export const pinGuard = new PinGuard()

function lockedUntil(end: number): HsmError {
  const until = new Date(end).toISOString()
  return new HsmError(
    'PIN_LOCKED',
    `expected fewer than ${WRONG_AT_MOST} wrong PINs, got a lockout until ${until}`,
  )
}

function nameOf({ module, tokenLabel, serial, slot, environment }: TokenAccess): string {
  return JSON.stringify([module, tokenLabel, serial, slot, environment])
}

function hashOf(pin: string): string {
  return createHash('sha256').update(pin).digest('hex')
}
