import { randomBytes, scryptSync } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { HsmError } from './error.ts'

/** What is remembered of the wrong PINs of a token. */
export interface Tries {
  /** Hex. */
  readonly salt: string
  /** Of each PIN that was wrong, what tells it when it comes again. */
  readonly wrong: readonly string[]
  /** Milliseconds since 1970; 0: no lockout. */
  readonly lockedUntil: number
}

/** Tries by the name of a token. */
export interface TriesStore {
  get(token: string): Tries | undefined
  set(token: string, tries: Tries): void
  delete(token: string): void
}

const SALT_BYTES = 16
/** Enough to know a PIN that was wrong before, too little to find it: it may be the right one of another token, or nearly that of this. */
const TAG_BYTES = 3

export function noTries(): Tries {
  return { salt: randomBytes(SALT_BYTES).toString('hex'), wrong: [], lockedUntil: 0 }
}

/** What is remembered of a PIN; slow to compute, for those who would try all of them. */
export function tagOf(pin: string, { salt }: Tries): string {
  return scryptSync(pin, Buffer.from(salt, 'hex'), TAG_BYTES).toString('hex')
}

/** Tries in a file, for tokens that outlive a process: JSON, for the owner alone, not there when there are none. */
export class FileTries implements TriesStore {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Throws KEY_STORE_BROKEN. */
  get(token: string): Tries | undefined {
    return this.#read()[token]
  }

  set(token: string, tries: Tries): void {
    this.#write({ ...this.#read(), [token]: tries })
  }

  delete(token: string): void {
    const { [token]: known, ...others } = this.#read()
    if (known !== undefined) this.#write(others)
  }

  #read(): Record<string, Tries> {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
      throw new HsmError(
        'KEY_STORE_BROKEN',
        `expected the wrong PINs of tokens in ${this.#path}, got another content`,
      )
    }
  }

  /** Whole or not at all. */
  #write(tries: Record<string, Tries>): void {
    if (Object.keys(tries).length === 0) {
      rmSync(this.#path, { force: true })
      return
    }
    const unfinished = `${this.#path}.${process.pid}`
    writeFileSync(unfinished, JSON.stringify(tries), { mode: 0o600 })
    renameSync(unfinished, this.#path)
  }
}
