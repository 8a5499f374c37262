import type { TokenAccess } from './access.ts'
import type { Capabilities } from './capabilities/features.ts'
import { HsmError } from './error.ts'
import { Agreement } from './group/agreement.ts'
import { isAway } from './group/away.ts'
import { Member } from './group/member.ts'
import { type QueueOptions, RequestQueue } from './group/request-queue.ts'
import { Roster, type TokenStanding } from './group/roster.ts'
import { Seat } from './group/seat.ts'
import { type Served, type Waiting, waitingFor } from './group/waiting.ts'
import type { SealedKey } from './keys/sealed-key.ts'
import type { HsmReply, HsmRequest } from './requests.ts'
import type { SignerProcess } from './signer-process.ts'

export type { TokenStanding } from './group/roster.ts'

const BATCH_AT_MOST = 128
/** So many must wait before a signer gets a second batch while it works on the first; fewer may go to the other signers. */
const SECOND_BATCH_FROM = 16

export interface PoolOptions extends QueueOptions {
  /** Tokens with the same master keys, at least one. */
  readonly tokens: readonly TokenAccess[]
  /** Of each token. */
  readonly signers: number
  readonly clearAllowed: boolean
  /** A signer with more resident memory is replaced: modules leak, SoftHSM2 some 235 bytes for each derived key. */
  readonly recycleAtBytes: number
  /** Says what became of a token. */
  readonly tell: (text: string) => void
}

/**
 * Signers that share one queue, on one token or on several that hold the same keys. What arrives while a signer works waits and goes to the
 * next free one as one batch: a message per operation would halve the throughput. A signer that ended, or has grown too large, is replaced
 * before its seat takes the next batch; what it left undone is asked of another one, where that does no harm. Seats of a token that is away
 * stay empty until it is back, unless all are.
 */
export class SignerPool {
  readonly #options: PoolOptions
  readonly #agreement = new Agreement()
  readonly #roster: Roster
  readonly #queue: RequestQueue
  #closed = false

  private constructor(options: PoolOptions) {
    this.#options = options
    this.#queue = new RequestQueue(options)
    const members: Member[] = []
    for (const access of options.tokens) members.push(this.#memberOn(access, members.at(-1)))
    const seats = members.flatMap((member) =>
      Array.from({ length: options.signers }, () => new Seat(member, options.recycleAtBytes)),
    )
    this.#roster = new Roster(members, seats)
  }

  /**
   * Starts all signers. Throws HsmError when one does not start, unless its token is away and another one is there; nothing is left running
   * then.
   */
  static async open(options: PoolOptions): Promise<SignerPool> {
    const pool = new SignerPool(options)
    const { members, seats } = pool.#roster
    const started = await Promise.allSettled(seats.map((seat) => seat.signer()))
    const refused = started.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    const wrong = refused.find((reason) => !isAway(reason))
    const alone = options.tokens.length === 1 || members.every(({ standing }) => standing === 'away')
    const fatal = wrong ?? (alone ? refused[0] : undefined)
    if (fatal === undefined) return pool
    await pool.close()
    throw fatal
  }

  /** Process ids of the signers that live. */
  get pids(): number[] {
    return this.tokens.flatMap(({ pids }) => pids)
  }

  get tokens(): TokenStanding[] {
    return this.#roster.standings
  }

  /** What each of the tokens can do. */
  get capabilities(): Capabilities {
    return this.#agreement.capabilities as Capabilities
  }

  /**
   * Hands one request to a signer, with the keys that it names. Throws SIGNER_GONE when it ended, HSM_BUSY when too many wait,
   * DEADLINE_PASSED when it waited too long, HSM_CLOSED when the pool was closed before.
   */
  submit(request: HsmRequest, keys: readonly SealedKey[]): Promise<Served> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed())
      const tokens = this.#options.tokens.length
      this.#queue.add(waitingFor(request, keys, this.#queue.until, tokens, { resolve, reject }))
      this.#wake()
    })
  }

  /** Throws TOKEN_NOT_PRESENT when no other token is there, INVALID_INPUT_DATA when none has this name. */
  async withdraw(name: string): Promise<void> {
    const member = this.#roster.named(name)
    this.#roster.expectOtherThan(member)
    member.withdraw()
    await this.#emptied(this.#roster.seatsOf(member))
  }

  /** Throws HsmError when the token does not open. */
  async admit(name: string): Promise<void> {
    const member = this.#roster.named(name)
    member.admit()
    await Promise.all(this.#roster.seatsOf(member).map((seat) => this.#fill(seat)))
  }

  /** Refuses what waits, lets the batches under way end, then ends the signers. Never throws. */
  async close(): Promise<void> {
    this.#closed = true
    this.#queue.refuse(closed())
    for (const member of this.#roster.members) member.close()
    await this.#emptied(this.#roster.seats)
  }

  /** Lets the batches under way end, then ends the signers. */
  async #emptied(seats: readonly Seat[]): Promise<void> {
    await Promise.all(seats.map(({ serving }) => serving))
    await Promise.all(seats.map((seat) => seat.close()))
  }

  #memberOn(access: TokenAccess, before: Member | undefined): Member {
    const { clock, clearAllowed, tokens, tell } = this.#options
    const shared = tokens.length > 1
    return new Member({
      access,
      clock,
      clearAllowed,
      shared,
      tell,
      agreement: this.#agreement,
      retry: shared ? (member) => this.#lookFor(member) : null,
      after: before?.tried ?? Promise.resolve(),
    })
  }

  #wake(): void {
    if (this.#queue.length === 0) return
    for (const seat of this.#roster.seats) if (this.#roster.mayServe(seat)) seat.serving ??= this.#serve(seat)
  }

  /** Called with something in the queue, so it waits at least once before it ends and clears `serving`. */
  async #serve(seat: Seat): Promise<void> {
    try {
      let ahead: Promise<void> | undefined
      while (ahead !== undefined || (this.#queue.length > 0 && this.#roster.mayServe(seat))) {
        const next = ahead === undefined || (this.#queue.length > SECOND_BATCH_FROM && seat.isFit)
        const sent = next ? this.#exchange(seat, await seat.signer()) : undefined
        await ahead
        ahead = sent
      }
    } catch (error) {
      // It did not start: what waits is for the others, or for nobody.
      if (this.#roster.isAnyThere) this.#wake()
      else if (this.#roster.seats.every((other) => other === seat || other.serving === undefined))
        this.#queue.refuse(this.#roster.nobody(error))
    } finally {
      seat.serving = undefined
    }
  }

  /** Looks whether a token is back; when it is not, it is looked for again later. */
  #lookFor(member: Member): void {
    const seat = this.#roster.seatsOf(member).find(({ serving }) => serving === undefined)
    if (seat !== undefined && !this.#closed) this.#fill(seat).catch(() => {})
  }

  /** Starts a signer where none is at work. Throws HsmError. */
  async #fill(seat: Seat): Promise<void> {
    if (seat.serving !== undefined) return seat.serving
    const starting = seat.signer()
    const done = () => {
      seat.serving = undefined
      this.#wake()
    }
    seat.serving = starting.then(done, done)
    await starting
  }

  /** What waits is shared with the seats that have as little to do. */
  #take(seat: Seat): Waiting[] {
    const sharing = this.#roster.seats.filter(({ underWay }) => underWay <= seat.underWay).length
    const share = Math.ceil(this.#queue.length / sharing)
    return this.#queue.take(Math.min(share, BATCH_AT_MOST))
  }

  /** Never throws: a signer that ends takes only its own batch with it, and of that only what cannot be asked again. */
  async #exchange(seat: Seat, signer: SignerProcess): Promise<void> {
    const batch = this.#take(seat)
    if (batch.length === 0) return
    seat.underWay += 1
    try {
      const requests = batch.map(({ request }) => request)
      this.#answer(seat, batch, await signer.run(requests, keysOf(batch)))
    } catch (error) {
      this.#repeat(batch, error)
    } finally {
      seat.underWay -= 1
    }
  }

  #answer(seat: Seat, batch: readonly Waiting[], replies: readonly HsmReply[]): void {
    const token = seat.member.name
    const lost = replies.find(({ failure }) => failure?.code === 'TOKEN_NOT_PRESENT')?.failure
    const left: Waiting[] = []
    for (const [index, waiting] of batch.entries()) {
      const reply = replies[index] as HsmReply
      if (reply.failure?.code === 'TOKEN_NOT_PRESENT' && waiting.triesLeft > 1) left.push(waiting)
      else waiting.resolve({ reply, token })
    }
    if (lost === undefined) return
    const error = new HsmError(lost.code, lost.what)
    seat.member.lost(error)
    // It ends at once for those who ask; that it ended is waited for by who takes its seat.
    void seat.close()
    this.#repeat(left, error)
  }

  #repeat(batch: readonly Waiting[], error: unknown): void {
    const again = batch.filter(({ triesLeft }) => triesLeft > 1 && !this.#closed)
    for (const waiting of batch) if (!again.includes(waiting)) waiting.reject(error)
    for (const waiting of again) waiting.triesLeft -= 1
    this.#queue.putBack(again)
    this.#wake()
  }
}

function keysOf(batch: readonly Waiting[]): Set<SealedKey> {
  const all = new Set<SealedKey>()
  for (const { keys } of batch) for (const key of keys) all.add(key)
  return all
}

function closed(): HsmError {
  return new HsmError('HSM_CLOSED', 'expected an open HSM, got one that was closed')
}
