import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import {
  type HostReply,
  type HostRequest,
  type Insert,
  type InsertedCardState,
  replySchema,
} from './host-messages.ts'

const MAIN = join(import.meta.dirname, 'main.ts')
const START_MS = 10_000
const REPLY_MS = 5_000
const CLOSE_MS = 3_000

/** The process that hosts cards ended, did not answer, or could not do what it was asked. */
export class CardHostError extends Error {
  override name = 'CardHostError'
}

/** A card in a virtual reader. */
export interface InsertedCard {
  /** Takes it out and says how it was left; harmless when called twice. */
  remove(): Promise<InsertedCardState>
  /** Also of a card that has left the field by itself. */
  state(): Promise<InsertedCardState>
  /**
   * Puts it into its reader again, as it was left: what its applications remember is kept. Throws {@link CardHostError} when it is in it, or
   * another card has taken its place.
   */
  putBack(): Promise<void>
}

interface Waiting {
  timer: NodeJS.Timeout
  resolve(reply: HostReply): void
  reject(error: Error): void
}

type Unnumbered<Request> = Request extends unknown ? Omit<Request, 'id'> : never

/** A process of its own that hosts simulated cards, so that waiting for pcscd never waits for the card. */
export class CardHost {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  private constructor() {
    this.#child = spawn(process.execPath, [MAIN], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#exited = new Promise((resolve) => this.#child.once('close', () => resolve()))
    const ended = () => this.#fail(`it ended (exit code ${this.#child.exitCode}, ${this.#child.signalCode})`)
    this.#child.once('close', ended)
    this.#child.once('error', ended)
    this.#stdin.on('error', () => {}) // told by 'close'
    createInterface({ input: this.#child.stdout as Readable }).on('line', (line) => this.#receive(line))
  }

  /** Starts the process. Throws {@link CardHostError}. */
  static async start(): Promise<CardHost> {
    const host = new CardHost()
    try {
      await host.#answer(0, START_MS)
    } catch (error) {
      await host.close()
      throw error
    }
    return host
  }

  /**
   * Puts a personalised card, or one that replays, into the virtual reader that listens on this TCP port; resolves when the reader has noticed it. Throws
   * {@link CardHostError} when there is no reader, or a card in it.
   */
  async insert(insert: Insert): Promise<InsertedCard> {
    const reply = await this.#ask({ insert })
    if (!('inserted' in reply)) throw unexpected(reply)
    const card = reply.inserted
    let left: InsertedCardState | undefined
    return {
      remove: async () => (left ??= await this.#state({ remove: card })),
      state: async () => left ?? (await this.#state({ state: card })),
      putBack: async () => {
        await this.#ask({ putBack: card })
        left = undefined
      },
    }
  }

  /** Takes all cards out and ends the process; harmless when called twice. */
  async close(): Promise<void> {
    this.#stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS)
    await this.#exited
    clearTimeout(timer)
  }

  get #stdin(): Writable {
    return this.#child.stdin as Writable
  }

  async #state(request: Unnumbered<HostRequest>): Promise<InsertedCardState> {
    const reply = await this.#ask(request)
    if (!('state' in reply)) throw unexpected(reply)
    return reply.state
  }

  #ask(request: Unnumbered<HostRequest>): Promise<HostReply> {
    const id = ++this.#last
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#stdin.writableEnded)
      return Promise.reject(new CardHostError('expected the card host to run, it has ended: start another'))
    this.#stdin.write(`${JSON.stringify({ id, ...request })}\n`)
    return this.#answer(id, REPLY_MS)
  }

  #answer(id: number, milliseconds: number): Promise<HostReply> {
    return new Promise<HostReply>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(new CardHostError(`expected the card host to answer within ${milliseconds} ms, it did not`))
      }, milliseconds)
      this.#waiting.set(id, { timer, resolve, reject })
    })
  }

  #receive(line: string): void {
    const reply = parseReply(line)
    if (reply === null) this.#fail(`it wrote something else: ${line.slice(0, 80)}`)
    else if ('ready' in reply) this.#settle(0, (waiting) => waiting.resolve(reply))
    else if (!('error' in reply)) this.#settle(reply.id, (waiting) => waiting.resolve(reply))
    else if (reply.id === null) this.#fail(reply.error)
    else this.#settle(reply.id, (waiting) => waiting.reject(new CardHostError(reply.error)))
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (waiting === undefined) return
    clearTimeout(waiting.timer)
    how(waiting)
  }

  #fail(came: string): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting)
      reject(new CardHostError(`expected an answer of the card host, ${came}`))
  }
}

function parseReply(line: string): HostReply | null {
  try {
    return replySchema.parse(JSON.parse(line))
  } catch {
    return null
  }
}

function unexpected(reply: HostReply): CardHostError {
  return new CardHostError(`expected another answer of the card host, got: ${Object.keys(reply).join(', ')}`)
}
