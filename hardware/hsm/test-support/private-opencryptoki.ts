import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import type { TokenAccess } from '../access.ts'
import { HsmError } from '../error.ts'
import { PROVIDERS } from '../providers/providers.ts'
import { asHsmError } from '../signer/cryptoki.ts'
import { SignerProcess } from '../signer-process.ts'
import type { NewOpencryptokiToken } from './make-opencryptoki-token.ts'

const SCRIPT = join(import.meta.dirname, 'private-opencryptoki.sh')
const MAKE = join(import.meta.dirname, 'make-opencryptoki-token.ts')
const NAMESPACES = ['--mount', '--ipc']
const module = PROVIDERS.opencryptoki.modules.find((path) => existsSync(path))

let lacking: string | null | undefined

/** Why there can be no private opencryptoki here, and what to do about it; null where there can. */
export function opencryptokiLacking(): string | null {
  lacking ??= lookForLacking()
  return lacking
}

function lookForLacking(): string | null {
  if (module === undefined || !existsSync('/usr/sbin/pkcsslotd'))
    return 'needs opencryptoki: apt-get install opencryptoki'
  try {
    execFileSync('unshare', [...NAMESPACES, 'mount', '-t', 'tmpfs', 'none', '/run'], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs root and mount namespaces for an opencryptoki of its own (unshare --mount --ipc)'
  }
}

/**
 * A token of opencryptoki that exists only for this run, with a daemon of its own in namespaces of its own: what the machine has is neither
 * seen nor touched. Its signers are started in those namespaces.
 */
export class PrivateOpencryptoki implements TokenAccess {
  readonly module = module ?? ''
  readonly tokenLabel: string
  readonly launcher: readonly string[]
  readonly #pin = randomPin()
  readonly #daemon: ChildProcessWithoutNullStreams

  private constructor(daemon: ChildProcessWithoutNullStreams, tokenLabel: string) {
    this.#daemon = daemon
    this.tokenLabel = tokenLabel
    this.launcher = ['nsenter', `--target=${daemon.pid}`, ...NAMESPACES, '--']
  }

  /** `provision`: whether it gets its master keys. Throws HsmError where {@link opencryptokiLacking} says why. */
  static async open({ tokenLabel = 'tapbench', provision = true } = {}): Promise<PrivateOpencryptoki> {
    // In a group of its own, so that Ctrl-C ends it by the end of its input alone: at once it would leave the daemon behind.
    const daemon = spawn('unshare', [...NAMESPACES, '--propagation', 'private', 'sh', SCRIPT], {
      detached: true,
    })
    const token = new PrivateOpencryptoki(daemon, tokenLabel)
    try {
      await token.#ready()
      token.#initialise()
      if (provision) await SignerProcess.once({ type: 'provision', access: token }, systemClock)
      return token
    } catch (error) {
      await token.close()
      throw asHsmError('a private opencryptoki to start', error)
    }
  }

  /** Not an own property, so that no log or JSON of this object has it. */
  get pin(): string {
    return this.#pin
  }

  /** The process that holds the namespaces. */
  get pid(): number | undefined {
    return this.#daemon.pid
  }

  /** Ends the daemon; to be called after the HSMs on the token are closed. Harmless when called twice. */
  async close(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#daemon
    if (exitCode !== null || signalCode !== null || pid === undefined) return
    const exit = once(this.#daemon, 'exit')
    this.#daemon.stdin.end()
    await exit
  }

  async #ready(): Promise<void> {
    let said = ''
    this.#daemon.stderr.on('data', (text: Buffer) => {
      said += text
    })
    const ended = once(this.#daemon, 'exit').then(([code]) => {
      throw new HsmError('TOKEN_NOT_PRESENT', `expected pkcsslotd to start, got exit code ${code}: ${said}`)
    })
    await Promise.race([once(this.#daemon.stdout, 'data'), ended])
    ended.catch(() => {})
  }

  #initialise(): void {
    const { module, tokenLabel, pin } = this
    const wanted: NewOpencryptokiToken = { module, tokenLabel, pin, securityOfficerPin: randomPin() }
    const [program = '', ...words] = [...this.launcher, process.execPath, MAKE]
    execFileSync(program, words, { input: JSON.stringify(wanted), stdio: ['pipe', 'ignore', 'pipe'] })
  }
}

/** At most 8 characters, that is what the token takes. */
function randomPin(): string {
  return randomBytes(6).toString('base64url')
}
