import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { TokenAccess } from './access.ts'
import { HsmError } from './error.ts'
import { FileTries, noTries, type Tries, type TriesStore, tagOf } from './pin-tries.ts'

const WRONG_AT_MOST = 3
const LOCKED_MS = 15 * 60_000

/**
 * Stands between callers and a token's own count of wrong PINs, which some tokens never reset and others do not have: a PIN that was wrong
 * does not reach the token again, and after three different wrong ones no PIN does for 15 minutes. Of a token with a file for that, this holds
 * for all processes.
 */
export class PinGuard {
  readonly #clock: Clock
  readonly #memory = new Map<string, Tries>()

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Throws PIN_LOCKED or PIN_REFUSED_BEFORE when this PIN is not to be tried. */
  admit(access: TokenAccess): void {
    const kept = this.#keptOf(access)
    const tries = kept.get(nameOf(access))
    if (tries === undefined) return
    if (tries.lockedUntil > this.#clock.now()) throw lockedUntil(tries.lockedUntil)
    if (tries.wrong.includes(tagOf(access.pin, tries)))
      throw new HsmError(
        'PIN_REFUSED_BEFORE',
        `expected the user PIN of the token, got one that was wrong before${rememberedIn(access)}`,
      )
  }

  /** The token said that the PIN is wrong. */
  wrong(access: TokenAccess): void {
    const kept = this.#keptOf(access)
    const tries = kept.get(nameOf(access)) ?? noTries()
    const wrong = [...new Set([...tries.wrong, tagOf(access.pin, tries)])]
    const locks = wrong.length % WRONG_AT_MOST === 0
    const lockedUntil = locks ? this.#clock.now() + LOCKED_MS : tries.lockedUntil
    kept.set(nameOf(access), { ...tries, wrong, lockedUntil })
  }

  /** The token took the PIN. */
  right(access: TokenAccess): void {
    this.#keptOf(access).delete(nameOf(access))
  }

  /** Logs in, if this PIN is to be tried, and remembers what came of it. */
  async guarded<Result>(access: TokenAccess, login: () => Promise<Result>): Promise<Result> {
    this.admit(access)
    try {
      const result = await login()
      this.right(access)
      return result
    } catch (error) {
      if (error instanceof HsmError && error.code === 'PIN_INCORRECT') this.wrong(access)
      throw error
    }
  }

  #keptOf({ triesFile }: TokenAccess): TriesStore {
    return triesFile === undefined ? this.#memory : new FileTries(triesFile)
  }
}

/** For all HSMs of a process: they count together. */
export const pinGuard = new PinGuard()

/** Whoever has changed the PIN of the token since then deletes the file. */
function rememberedIn({ triesFile }: TokenAccess): string {
  return triesFile === undefined ? '' : `, as ${triesFile} has it`
}

function lockedUntil(end: number): HsmError {
  const until = new Date(end).toISOString()
  return new HsmError(
    'PIN_LOCKED',
    `expected fewer than ${WRONG_AT_MOST} wrong PINs, got a lockout until ${until}`,
  )
}

/** In a file without the environment, which may name folders of one run. */
function nameOf({ module, tokenLabel, serial, slot, environment, triesFile }: TokenAccess): string {
  const surroundings = triesFile === undefined ? environment : undefined
  return JSON.stringify([module, tokenLabel, serial, slot, surroundings])
}
