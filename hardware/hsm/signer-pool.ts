import type { Clock } from '../../protocols/clock/clock.ts'
import { HsmError } from './error.ts'
import type { HsmReply, HsmRequest, TokenAccess } from './requests.ts'
import { SignerProcess } from './signer-process.ts'

const BATCH_AT_MOST = 64
/** So many must wait before a signer gets a second batch while it works on the first; fewer may go to the other signers. */
const SECOND_BATCH_FROM = 16

interface Waiting {
  request: HsmRequest
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
 * operation would halve the throughput. A signer that ended is replaced before its seat takes the next batch.
 */
export class SignerPool {
  readonly #access: TokenAccess
  readonly #clock: Clock
  readonly #seats: readonly Seat[]
  #queue: Waiting[] = []
  #closed = false
  /** Resolves when the last signer has logged in, or failed to. */
  #turn: Promise<void> = Promise.resolve()

  private constructor(access: TokenAccess, signers: number, clock: Clock) {
    this.#access = access
    this.#clock = clock
    this.#seats = Array.from({ length: signers }, () => ({ signer: undefined, serving: undefined }))
  }

  /** Starts all signers. Throws HsmError when one does not start; nothing is left running then. */
  static async open(access: TokenAccess, signers: number, clock: Clock): Promise<SignerPool> {
    const pool = new SignerPool(access, signers, clock)
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

  /** Hands one request to a signer. Throws SIGNER_GONE when it ended, HSM_CLOSED when the pool was closed before. */
  submit(request: HsmRequest): Promise<HsmReply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed())
      this.#queue.push({ request, resolve, reject })
      for (const seat of this.#seats) seat.serving ??= this.#serve(seat)
    })
  }

  /** Refuses what waits, lets the batches under way end, then ends the signers. Never throws. */
  async close(): Promise<void> {
    this.#closed = true
    this.#refuse(closed())
    await Promise.all(this.#seats.map(({ serving }) => serving))
    await Promise.all(this.#seats.map(({ signer }) => signer?.close()))
  }

  /** Called with something in the queue, so it waits at least once before it ends and clears `serving`. */
  async #serve(seat: Seat): Promise<void> {
    try {
      let ahead: Promise<void> | undefined
      while (this.#queue.length > 0 || ahead !== undefined) {
        const next = this.#queue.length > (ahead === undefined ? 0 : SECOND_BATCH_FROM)
        const sent = next ? exchange(await this.#seatSigner(seat), this.#take()) : undefined
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

  async #seatSigner(seat: Seat): Promise<SignerProcess> {
    if (seat.signer?.alive) return seat.signer
    await seat.signer?.close()
    seat.signer = undefined
    // SoftHSM2 rewrites the token's file at each login; to a module that loads at that moment, the token is not there.
    const opening = SignerProcess.open(this.#access, this.#clock, this.#turn)
    this.#turn = opening.then(
      () => undefined,
      () => undefined,
    )
    seat.signer = await opening
    return seat.signer
  }

  #take(): Waiting[] {
    const share = Math.ceil(this.#queue.length / this.#seats.length)
    return this.#queue.splice(0, Math.min(share, BATCH_AT_MOST))
  }

  #refuse(error: unknown): void {
    for (const { reject } of this.#queue.splice(0)) reject(error)
  }
}

/** Never throws: a signer that ends takes only its own batch with it. */
async function exchange(signer: SignerProcess, batch: readonly Waiting[]): Promise<void> {
  if (batch.length === 0) return
  try {
    const replies = await signer.run(batch.map(({ request }) => request))
    for (const [index, { resolve }] of batch.entries()) resolve(replies[index] as HsmReply)
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}

function closed(): HsmError {
  return new HsmError('HSM_CLOSED', 'expected an open HSM, got one that was closed')
}
