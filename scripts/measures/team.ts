import { once } from 'node:events'
import { parentPort, Worker } from 'node:worker_threads'

/** Threads that run the same module, each with its own state. The module calls {@link serve}. */
export class Team<Request, Reply> {
  readonly #threads: readonly Worker[]

  constructor(module: URL, size: number) {
    this.#threads = Array.from({ length: size }, () => new Worker(module))
  }

  get size(): number {
    return this.#threads.length
  }

  /**
   * What one thread (0 to size - 1) answers; ask it one thing at a time. Rejects with what it throws, and with an AbortError when nothing
   * came within `limitMs`.
   */
  async ask(member: number, request: Request, limitMs: number): Promise<Reply> {
    const thread = this.#threads[member]
    if (thread === undefined) throw new RangeError(`expected a thread below ${this.size}, got ${member}`)
    const answered = once(thread, 'message', { signal: AbortSignal.timeout(limitMs) })
    thread.postMessage(request)
    const [reply] = await answered
    return reply
  }

  /** What all threads answer to the same request, at the same time. */
  askAll(request: Request, limitMs: number): Promise<Reply[]> {
    return Promise.all(this.#threads.map((_, member) => this.ask(member, request, limitMs)))
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }
}

/** Answers what the team is asked, in the thread's own module. What `perform` throws ends the thread and rejects the question. */
export function serve<Request, Reply>(perform: (request: Request) => Promise<Reply>): void {
  parentPort?.on('message', async (request: Request) => parentPort?.postMessage(await perform(request)))
}
