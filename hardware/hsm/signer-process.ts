import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { TokenAccess } from './access.ts'
import type { Capabilities } from './capabilities/features.ts'
import { HsmError } from './error.ts'
import type { SealedKey } from './keys/sealed-key.ts'
import type { FromSigner, HsmReply, HsmRequest, OpenOptions, ToSigner } from './requests.ts'

const PROGRAM = join(import.meta.dirname, 'signer/main.ts')
const START_LIMIT_MS = 20_000
const BATCH_LIMIT_MS = 10_000
const END_LIMIT_MS = 2_000
const STDERR_KEPT = 400
/** Modules live on small objects: with more of them kept at hand than glibc does by itself, an ARQC check takes a fifth less. */
const MALLOC = { GLIBC_TUNABLES: 'glibc.malloc.tcache_count=1000' }

interface Exchange {
  resolve(message: FromSigner): void
  reject(error: HsmError): void
}

type First = Exclude<ToSigner, { type: 'batch' }>

/** The client's side of one signer process (`signer/main.ts`): answers come in the order of the messages, with a bound on each. */
export class SignerProcess {
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #exchanges: Exchange[] = []
  readonly #told = new WeakSet<SealedKey>()
  #gone = false
  #stderr = ''
  #rssBytes = 0
  #capabilities: Capabilities | null = null

  private constructor(access: TokenAccess, clock: Clock) {
    this.#clock = clock
    this.#child = fork(PROGRAM, [], {
      execArgv: [],
      env: { ...MALLOC, ...process.env, NODE_OPTIONS: '', ...access.environment },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.on('message', (message: FromSigner) => this.#exchanges.shift()?.resolve(message))
    this.#child.on('error', (error) => this.#fail(error.message))
    this.#child.on('exit', (code, signal) =>
      this.#fail(`its end (${signal ?? `exit code ${code}`}) ${this.#stderr}`),
    )
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-STDERR_KEPT)
    })
  }

  /**
   * Starts a process and logs it in to the token when `turn` has come, which says how to. Throws HsmError, or what `turn` throws; nothing
   * is left running then.
   */
  static async open(access: TokenAccess, turn: Promise<OpenOptions>, clock: Clock): Promise<SignerProcess> {
    return SignerProcess.#start(access, async () => ({ type: 'open', access, ...(await turn) }), clock)
  }

  /** Lets a process of its own make a new token of SoftHSM2, make the master keys of a token, or try what a token can do. Throws HsmError. */
  static async once(first: Exclude<First, { type: 'open' }>, clock: Clock): Promise<Capabilities | null> {
    const signer = await SignerProcess.#start(first.access, async () => first, clock)
    await signer.close()
    return signer.#capabilities
  }

  static async #start(
    access: TokenAccess,
    first: () => Promise<First>,
    clock: Clock,
  ): Promise<SignerProcess> {
    const { module } = access
    if (!existsSync(module))
      throw new HsmError('MODULE_NOT_FOUND', `expected a PKCS#11 module at ${module}, got no such file`)
    const signer = new SignerProcess(access, clock)
    try {
      const message = { ...(await first()), access: sendable(access) }
      const answer = await signer.#ask(message, START_LIMIT_MS)
      if (answer.type !== 'ready') throw failed(answer)
      signer.#capabilities = answer.capabilities
      return signer
    } catch (error) {
      await signer.close()
      throw error
    }
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether it can be asked; false as soon as it ended, or was given up. */
  get alive(): boolean {
    return !this.#gone
  }

  /** Resident memory after the last batch. */
  get rssBytes(): number {
    return this.#rssBytes
  }

  /** What the token can do; null before it was opened. */
  get capabilities(): Capabilities | null {
    return this.#capabilities
  }

  /**
   * Works off a batch, after those handed over before; tells the signer those of `keys` that it does not know yet. Throws SIGNER_GONE when
   * the process ends or is silent, which ends it.
   */
  async run(requests: readonly HsmRequest[], keys: Iterable<SealedKey>): Promise<readonly HsmReply[]> {
    const batch = { now: this.#clock.now(), keys: this.#untold(keys), requests }
    const answer = await this.#ask({ type: 'batch', ...batch }, BATCH_LIMIT_MS)
    if (answer.type !== 'replies' || answer.replies.length !== requests.length) throw failed(answer)
    this.#rssBytes = answer.rssBytes
    return answer.replies
  }

  /** Ends the process, at the latest after 2 s; never throws, harmless when called twice. */
  async close(): Promise<void> {
    this.#gone = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.pid === undefined) return
    const timer = this.#clock.after(END_LIMIT_MS, () => this.#child.kill('SIGKILL'))
    const exit = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    await exit
    timer.cancel()
  }

  #untold(keys: Iterable<SealedKey>): SealedKey[] {
    const untold: SealedKey[] = []
    for (const key of keys) {
      if (this.#told.has(key)) continue
      this.#told.add(key)
      untold.push(key)
    }
    return untold
  }

  #ask(message: ToSigner, limitMs: number): Promise<FromSigner> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(limitMs, () => {
        this.#child.kill('SIGKILL')
        this.#fail(`none within ${limitMs} ms`)
      })
      const done =
        <Value>(settle: (value: Value) => void) =>
        (value: Value) => {
          timer.cancel()
          settle(value)
        }
      this.#exchanges.push({ resolve: done(resolve), reject: done(reject) })
      this.#child.send(message, (error) => error && this.#fail(error.message))
    })
  }

  #fail(came: string): void {
    this.#gone = true
    const error = new HsmError(
      'SIGNER_GONE',
      `expected an answer of signer process ${this.pid}, got ${came.trim()}`,
    )
    for (const { reject } of this.#exchanges.splice(0)) reject(error)
  }
}

/** With the PIN even when it is a getter, which messages leave out. */
function sendable(access: TokenAccess): TokenAccess {
  return { ...access, pin: access.pin }
}

function failed(answer: FromSigner): HsmError {
  if (answer.type === 'refused') return new HsmError(answer.failure.code, answer.failure.what)
  return new HsmError('SIGNER_GONE', `expected an answer to what was asked, got "${answer.type}"`)
}
