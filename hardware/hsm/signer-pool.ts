import type { Clock, Timer } from '../../protocols/clock/clock.ts'
import type { TokenAccess } from './access.ts'
import type { Capabilities } from './capabilities/features.ts'
import { HsmError } from './error.ts'
import type { SealedKey } from './keys/sealed-key.ts'
import { pinGuard } from './pin-guard.ts'
import type { HsmReply, HsmRequest, OpenOptions, OperationName } from './requests.ts'
import { SignerProcess } from './signer-process.ts'

const BATCH_AT_MOST = 64
/** So many must wait before a signer gets a second batch while it works on the first; fewer may go to the other signers. */
const SECOND_BATCH_FROM = 16

/** A key made twice would be two keys in the token's own records; of these, the caller decides whether to ask again. */
const NOT_REPEATED: ReadonlySet<OperationName> = new Set<OperationName>([
  'GenerateKey',
  'GenerateKeyPair',
  'GenerateCardKey',
  'GenerateBdk',
  'GeneratePwk',
  'GenerateZmk',
  'RenewKey',
])

export interface PoolOptions {
  readonly access: TokenAccess
  readonly signers: number
  readonly clock: Clock
  readonly clearAllowed: boolean
  /** Requests that may wait; one more is refused. */
  readonly queueAtMost: number
  /** A request that has waited so long for a signer is given up, milliseconds. */
  readonly waitAtMostMs: number
  /** A signer with more resident memory is replaced: modules leak, SoftHSM2 some 235 bytes for each derived key. */
  readonly recycleAtBytes: number
}

interface Waiting {
  readonly request: HsmRequest
  readonly keys: readonly SealedKey[]
  /** When it is given up, by the pool's clock. */
  readonly until: number
  repeatable: boolean
  resolve(reply: HsmReply): void
  reject(error: unknown): void
}

/** Place of one signer; `serving` while it works or is being started. */
interface Seat {
  signer: SignerProcess | undefined
  serving: Promise<void> | undefined
}

/**
 * Signers that share one queue. What arrives while a signer works waits and goes to the next free one as one batch: a message per
 * operation would halve the throughput. A signer that ended, or has grown too large, is replaced before its seat takes the next batch; what
 * it left undone is asked of another one once, where that does no harm.
 */
export class SignerPool {
  readonly #options: PoolOptions
  readonly #seats: readonly Seat[]
  #queue: Waiting[] = []
  #patience: Timer | undefined
  #closed = false
  #capabilities: Capabilities | null = null
  /** Resolves when the last signer has logged in, or failed to. */
  #turn: Promise<void> = Promise.resolve()

  private constructor(options: PoolOptions) {
    this.#options = options
    this.#seats = Array.from({ length: options.signers }, () => ({ signer: undefined, serving: undefined }))
  }

  /** Starts all signers. Throws HsmError when one does not start; nothing is left running then. */
  static async open(options: PoolOptions): Promise<SignerPool> {
    const pool = new SignerPool(options)
    const started = await Promise.allSettled(pool.#seats.map((seat) => pool.#seatSigner(seat)))
    const refused = started.find((result) => result.status === 'rejected')
    if (refused === undefined) return pool
    await pool.close()
    throw refused.reason
  }

  /** Process ids of the signers that live. */
  get pids(): number[] {
    return this.#seats.flatMap(({ signer }) =>
      signer?.alive && signer.pid !== undefined ? [signer.pid] : [],
    )
  }

  /** What the token can do. */
  get capabilities(): Capabilities {
    return this.#capabilities as Capabilities
  }

  /**
   * Hands one request to a signer, with the keys that it names. Throws SIGNER_GONE when it ended, HSM_BUSY when too many wait,
   * DEADLINE_PASSED when it waited too long, HSM_CLOSED when the pool was closed before.
   */
  submit(request: HsmRequest, keys: readonly SealedKey[]): Promise<HsmReply> {
    const { clock, queueAtMost, waitAtMostMs } = this.#options
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed())
      if (this.#queue.length >= queueAtMost) return reject(busy(queueAtMost))
      const repeatable = !NOT_REPEATED.has(request.operation)
      this.#queue.push({ request, keys, until: clock.now() + waitAtMostMs, repeatable, resolve, reject })
      this.#patience ??= clock.after(waitAtMostMs, () => this.#giveUp())
      this.#wake()
    })
  }

  /** Refuses what waits, lets the batches under way end, then ends the signers. Never throws. */
  async close(): Promise<void> {
    this.#closed = true
    this.#refuse(closed())
    await Promise.all(this.#seats.map(({ serving }) => serving))
    await Promise.all(this.#seats.map(({ signer }) => signer?.close()))
  }

  #wake(): void {
    for (const seat of this.#seats) seat.serving ??= this.#serve(seat)
  }

  /** Called with something in the queue, so it waits at least once before it ends and clears `serving`. */
  async #serve(seat: Seat): Promise<void> {
    try {
      let ahead: Promise<void> | undefined
      while (this.#queue.length > 0 || ahead !== undefined) {
        const next = ahead === undefined || (this.#queue.length > SECOND_BATCH_FROM && this.#isFit(seat))
        const sent = next ? this.#exchange(await this.#seatSigner(seat), this.#take()) : undefined
        await ahead
        ahead = sent
      }
    } catch (error) {
      // It did not start: what waits is for the others, or for nobody.
      if (this.#seats.every((other) => other === seat || other.serving === undefined)) this.#refuse(error)
    } finally {
      seat.serving = undefined
    }
  }

  #isFit({ signer }: Seat): boolean {
    return signer?.alive === true && signer.rssBytes <= this.#options.recycleAtBytes
  }

  async #seatSigner(seat: Seat): Promise<SignerProcess> {
    if (seat.signer !== undefined && this.#isFit(seat)) return seat.signer
    await seat.signer?.close()
    seat.signer = undefined
    // SoftHSM2 rewrites the token's file at each login; to a module that loads at that moment, the token is not there.
    const opening = this.#login(this.#turn.then(() => this.#admitted()))
    this.#turn = opening.then(
      () => undefined,
      () => undefined,
    )
    seat.signer = await opening
    return seat.signer
  }

  #admitted(): OpenOptions {
    pinGuard.admit(this.#options.access)
    return { clearAllowed: this.#options.clearAllowed, capabilities: this.#capabilities }
  }

  async #login(turn: Promise<OpenOptions>): Promise<SignerProcess> {
    const { access, clock } = this.#options
    turn.catch(() => {}) // When the process does not start, nobody else looks at it.
    try {
      const signer = await SignerProcess.open(access, turn, clock)
      pinGuard.right(access)
      this.#capabilities = signer.capabilities
      return signer
    } catch (error) {
      if (error instanceof HsmError && error.code === 'PIN_INCORRECT') pinGuard.wrong(access)
      throw error
    }
  }

  #take(): Waiting[] {
    const share = Math.ceil(this.#queue.length / this.#seats.length)
    return this.#queue.splice(0, Math.min(share, BATCH_AT_MOST))
  }

  /** Never throws: a signer that ends takes only its own batch with it, and of that only what cannot be asked again. */
  async #exchange(signer: SignerProcess, batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return
    try {
      const keys = new Set(batch.flatMap((waiting) => waiting.keys))
      const replies = await signer.run(
        batch.map(({ request }) => request),
        keys,
      )
      for (const [index, { resolve }] of batch.entries()) resolve(replies[index] as HsmReply)
    } catch (error) {
      this.#repeat(batch, error)
    }
  }

  #repeat(batch: readonly Waiting[], error: unknown): void {
    const again = batch.filter(({ repeatable }) => repeatable && !this.#closed)
    for (const waiting of batch) if (!again.includes(waiting)) waiting.reject(error)
    for (const waiting of again) waiting.repeatable = false
    this.#queue.unshift(...again)
    if (again.length > 0) this.#patience ??= this.#options.clock.after(0, () => this.#giveUp())
    if (again.length > 0) this.#wake()
  }

  /** Refuses what has waited too long, and looks again when the next one will have. */
  #giveUp(): void {
    const { clock, waitAtMostMs } = this.#options
    const now = clock.now()
    const late = this.#queue.filter(({ until }) => until <= now)
    this.#queue = this.#queue.filter(({ until }) => until > now)
    for (const { reject } of late) reject(overdue(waitAtMostMs))
    const soonest = Math.min(...this.#queue.map(({ until }) => until))
    this.#patience = this.#queue.length === 0 ? undefined : clock.after(soonest - now, () => this.#giveUp())
  }

  #refuse(error: unknown): void {
    for (const { reject } of this.#queue.splice(0)) reject(error)
    this.#patience?.cancel()
    this.#patience = undefined
  }
}

function closed(): HsmError {
  return new HsmError('HSM_CLOSED', 'expected an open HSM, got one that was closed')
}

function busy(queueAtMost: number): HsmError {
  return new HsmError('HSM_BUSY', `expected at most ${queueAtMost} requests that wait, got one more`)
}

function overdue(waitAtMostMs: number): HsmError {
  return new HsmError('DEADLINE_PASSED', `expected a free signer within ${waitAtMostMs} ms, got none`)
}
