import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../protocols/clock/clock.ts'
import { startOf, type TokenAccess } from './access.ts'
import type { Capabilities } from './capabilities/features.ts'
import { HsmError } from './error.ts'
import type { Opened } from './group/agreement.ts'
import type { SealedKey } from './keys/sealed-key.ts'
import type { FromSigner, HsmReply, HsmRequest, OpenOptions, ToSigner } from './requests.ts'
import type { MasterShare, TransportPublicKey } from './signer/ceremony.ts'
import { pack } from './wire/pack.ts'
import { copy, unpack } from './wire/unpack.ts'

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

type First = Extract<ToSigner, { access: TokenAccess }>
type Answer<Type extends FromSigner['type']> = Extract<FromSigner, { type: Type }>

/** The client's side of one signer process (`signer/main.ts`): answers come in the order of the messages, with a bound on each. */
export class SignerProcess {
  readonly #child: ChildProcess
  readonly #clock: Clock
  readonly #exchanges: Exchange[] = []
  readonly #told = new WeakSet<SealedKey>()
  #gone = false
  #stderr = ''
  #rssBytes = 0
  #opened: Opened | null = null

  private constructor(access: TokenAccess, clock: Clock) {
    this.#clock = clock
    this.#child = fork(PROGRAM, [], {
      ...startOf(access),
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
    const first = async () => ({ type: 'open', access, ...(await turn) }) as const
    const { signer, answer } = await SignerProcess.#start(access, first, 'opened', clock)
    signer.#opened = answer.opened
    return signer
  }

  /** Lets a process of its own make a new token of SoftHSM2, or make the master keys of a token. Throws HsmError. */
  static async once(
    first: Extract<First, { type: 'initialise' | 'provision' }>,
    clock: Clock,
  ): Promise<void> {
    const { signer } = await SignerProcess.#start(first.access, async () => first, 'ready', clock)
    await signer.close()
  }

  /** Lets a process of its own try what a token can do. Throws HsmError. */
  static async probe(access: TokenAccess, clock: Clock): Promise<Capabilities> {
    const first = async () => ({ type: 'probe', access }) as const
    const { signer, answer } = await SignerProcess.#start(access, first, 'probed', clock)
    await signer.close()
    return answer.capabilities
  }

  /** A process for the ceremony in which a group gets its master keys; `publicKey` is null when the token has some. Throws HsmError. */
  static async invite(access: TokenAccess, clock: Clock) {
    const first = async () => ({ type: 'invite', access }) as const
    const { signer, answer } = await SignerProcess.#start(access, first, 'invited', clock)
    return { signer, publicKey: answer.publicKey, empty: answer.empty }
  }

  static async #start<Type extends FromSigner['type']>(
    access: TokenAccess,
    first: () => Promise<First>,
    expected: Type,
    clock: Clock,
  ): Promise<{ signer: SignerProcess; answer: Answer<Type> }> {
    const { module } = access
    if (!existsSync(module))
      throw new HsmError('MODULE_NOT_FOUND', `expected a PKCS#11 module at ${module}, got no such file`)
    const signer = new SignerProcess(access, clock)
    try {
      const message = { ...(await first()), access: sendable(access) }
      return { signer, answer: await signer.#expect(message, expected, START_LIMIT_MS) }
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

  /** What it found when it was opened. Throws when it was started for something else. */
  get opened(): Opened {
    if (this.#opened === null) throw new Error('expected a signer that was opened')
    return this.#opened
  }

  /** At the ceremony: makes master keys, and gives each of these tokens its share. */
  async found(publicKeys: readonly TransportPublicKey[]): Promise<readonly MasterShare[]> {
    return (await this.#expect({ type: 'found', publicKeys }, 'founded', START_LIMIT_MS)).shares
  }

  /** When a token joins: wraps this one's master keys for it. */
  async vouch(publicKey: TransportPublicKey, securityOfficerPin: string): Promise<MasterShare> {
    const asked = { type: 'vouch', publicKey, securityOfficerPin } as const
    return (await this.#expect(asked, 'founded', START_LIMIT_MS)).shares[0] as MasterShare
  }

  /** At the ceremony: takes the master keys in. */
  async join(share: MasterShare): Promise<void> {
    await this.#expect({ type: 'join', share }, 'ready', START_LIMIT_MS)
  }

  /**
   * Works off a batch, after those handed over before; tells the signer those of `keys` that it does not know yet. Throws SIGNER_GONE when
   * the process ends or is silent, which ends it.
   */
  async run(requests: readonly HsmRequest[], keys: Iterable<SealedKey>): Promise<readonly HsmReply[]> {
    const batch = { now: this.#clock.now(), keys: this.#untold(keys), requests: pack(requests) }
    const { replies, rssBytes } = await this.#expect({ type: 'batch', ...batch }, 'replies', BATCH_LIMIT_MS)
    this.#rssBytes = rssBytes
    return unpack(replies, copy) as HsmReply[]
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

  async #expect<Type extends FromSigner['type']>(
    message: ToSigner,
    expected: Type,
    limitMs: number,
  ): Promise<Answer<Type>> {
    const answer = await this.#ask(message, limitMs)
    if (answer.type !== expected) throw failed(answer)
    return answer as Answer<Type>
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
