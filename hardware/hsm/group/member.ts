import type { Clock, Timer } from '../../../protocols/clock/clock.ts'
import { type TokenAccess, tokenName } from '../access.ts'
import { HsmError } from '../error.ts'
import { pinGuard } from '../pin-guard.ts'
import type { OpenOptions } from '../requests.ts'
import { SignerProcess } from '../signer-process.ts'
import type { Agreement } from './agreement.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** Whether a token serves: `away` is its own doing, `withdrawn` somebody's decision. */
export type Standing = 'there' | 'away' | 'withdrawn'

export interface MemberOptions {
  readonly access: TokenAccess
  readonly clock: Clock
  readonly clearAllowed: boolean
  /** Whether there are others. */
  readonly shared: boolean
  readonly agreement: Agreement
  /** Says in the journal what became of the token. */
  readonly tell: (text: string) => void
  /** Called some time after the token went away, to look whether it is back; null: the next request looks. */
  readonly retry: ((member: Member) => void) | null
  /** Resolves when the token before it has been tried: the first one says what the others are compared with. */
  readonly after: Promise<void>
}

/** One token of a group, a group of one in most cases: logs signers in, one at a time, and knows whether the token is there. */
export class Member {
  readonly name: string
  /** Resolves when the token was opened for the first time, or could not be. */
  readonly tried: Promise<void>
  readonly #options: MemberOptions
  #triedOnce: () => void = () => {}
  /** Resolves when the last signer has logged in, or failed to. */
  #turn: Promise<void> = Promise.resolve()
  #capabilities: OpenOptions['capabilities'] = null
  #reason: HsmError | null = null
  #withdrawn = false
  #closed = false
  #pauseMs = FIRST_PAUSE_MS
  #retry: Timer | undefined

  constructor(options: MemberOptions) {
    this.name = tokenName(options.access)
    this.#options = options
    this.tried = new Promise((resolve) => {
      this.#triedOnce = resolve
    })
  }

  get standing(): Standing {
    if (this.#withdrawn) return 'withdrawn'
    return this.#reason === null ? 'there' : 'away'
  }

  /** Why it is away; null when it is not. */
  get reason(): HsmError | null {
    return this.#reason
  }

  /** A signer that is logged in. Throws HsmError, and the token is away then. */
  async login(): Promise<SignerProcess> {
    // SoftHSM2 rewrites the token's file at each login; to a module that loads at that moment, the token is not there.
    const opening = this.#open(this.#turn.then(() => this.#admitted()))
    this.#turn = opening.then(
      () => undefined,
      () => undefined,
    )
    try {
      const signer = await opening
      this.#found()
      return signer
    } catch (error) {
      this.lost(error instanceof HsmError ? error : new HsmError('SIGNER_GONE', String(error)))
      throw error
    } finally {
      this.#triedOnce()
    }
  }

  /** The token went away; it is looked for again after a pause that doubles each time. */
  lost(reason: HsmError): void {
    const { clock, retry, tell } = this.#options
    if (this.#reason === null) tell(`token "${this.name}" is away: ${reason.what}`)
    this.#reason = reason
    if (retry === null || this.#retry !== undefined || this.#withdrawn || this.#closed) return
    this.#retry = clock.after(this.#pauseMs, () => {
      this.#retry = undefined
      retry(this)
    })
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
  }

  /** Somebody takes it out for maintenance: nothing goes to it until {@link admit}. */
  withdraw(): void {
    this.#withdrawn = true
    this.#cancelRetry()
    this.#options.tell(`token "${this.name}" is withdrawn`)
  }

  admit(): void {
    this.#withdrawn = false
    this.#options.tell(`token "${this.name}" is admitted`)
  }

  /** Nobody looks for it any more. */
  close(): void {
    this.#closed = true
    this.#cancelRetry()
  }

  #found(): void {
    if (this.#reason !== null) this.#options.tell(`token "${this.name}" is back`)
    this.#reason = null
    this.#pauseMs = FIRST_PAUSE_MS
    this.#cancelRetry()
  }

  #cancelRetry(): void {
    this.#retry?.cancel()
    this.#retry = undefined
  }

  #admitted(): OpenOptions {
    const { access, clearAllowed, shared } = this.#options
    pinGuard.admit(access)
    return { clearAllowed, shared, capabilities: this.#capabilities }
  }

  async #open(turn: Promise<OpenOptions>): Promise<SignerProcess> {
    const { access, clock } = this.#options
    turn.catch(() => {}) // When the process does not start, nobody else looks at it.
    try {
      const signer = await SignerProcess.open(access, turn, clock)
      pinGuard.right(access)
      return await this.#compared(signer)
    } catch (error) {
      if (error instanceof HsmError && error.code === 'PIN_INCORRECT') pinGuard.wrong(access)
      throw error
    }
  }

  async #compared(signer: SignerProcess): Promise<SignerProcess> {
    const { after, agreement } = this.#options
    try {
      await after
      agreement.expect(this.name, signer.opened)
      this.#capabilities = signer.opened.capabilities
      return signer
    } catch (error) {
      await signer.close()
      throw error
    }
  }
}
