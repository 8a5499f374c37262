import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { TokenAccess } from './access.ts'
import { HsmError } from './error.ts'
import { PROVIDERS } from './providers/providers.ts'
import { SignerProcess } from './signer-process.ts'

export interface PrivateTokenOptions {
  /** Folder, created when missing, in which the token gets a private folder of its own. */
  directory: string
  /** Path of libsofthsm2.so; default: where packages put it. */
  module?: string | undefined
  /** CKA_LABEL, at most 32 bytes. */
  tokenLabel?: string
  /** Whether it gets master keys of its own; default: yes. Tokens of a group get theirs together. */
  masters?: boolean
  /** Default: a random one, which nobody learns. */
  securityOfficerPin?: string
  clock?: Clock
}

/** A SoftHSM2 token that exists only for this run. */
export interface Token extends TokenAccess {
  /** Removes the token and its keys. To be called after the HSMs on it are closed; harmless when called twice. */
  close(): Promise<void>
}

/** Path of the SoftHSM2 module. Throws MODULE_NOT_FOUND when none of `paths` is there. */
export function findSoftHsm(paths: readonly string[] = PROVIDERS.softhsm2.modules): string {
  const found = paths.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new HsmError(
    'MODULE_NOT_FOUND',
    `expected SoftHSM2 at one of ${paths.join(', ')}, got none (${PROVIDERS.softhsm2.install})`,
  )
}

/**
 * Makes a private SoftHSM2 token with random PINs. Its configuration reaches signer processes by SOFTHSM2_CONF, so this machine's own
 * tokens are neither seen nor touched. Throws HsmError.
 */
export async function createPrivateToken(options: PrivateTokenOptions): Promise<Token> {
  const { directory, tokenLabel = 'tapbench', masters: provision = true, clock = systemClock } = options
  const module = options.module ?? findSoftHsm()
  await mkdir(directory, { recursive: true })
  const home = await mkdtemp(join(directory, 'token-'))
  const access = new PrivateToken(module, tokenLabel, home)
  try {
    await writeFile(access.environment.SOFTHSM2_CONF, await configuration(home))
    const { securityOfficerPin = randomPin() } = options
    const first = { type: 'initialise', access, securityOfficerPin, provision } as const
    await SignerProcess.once(first, clock)
    return access
  } catch (error) {
    await access.close()
    throw error
  }
}

class PrivateToken implements Token {
  readonly module: string
  readonly tokenLabel: string
  readonly environment: { readonly SOFTHSM2_CONF: string }
  readonly #home: string
  readonly #pin: string

  constructor(module: string, tokenLabel: string, home: string, pin = randomPin()) {
    this.module = module
    this.tokenLabel = tokenLabel
    this.environment = { SOFTHSM2_CONF: join(home, 'softhsm2.conf') }
    this.#home = home
    this.#pin = pin
  }

  /** Not an own property, so that no log or JSON of this object has it. */
  get pin(): string {
    return this.#pin
  }

  async close(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true })
  }
}

/**
 * A SoftHSM2 token that stays in a folder of its own: made at the first use, its PIN in a file there that the owner alone may read. For
 * simulated estates: who can read the folder has the keys. Throws HsmError.
 */
export async function openKeptToken(options: PrivateTokenOptions): Promise<TokenAccess> {
  const { directory, tokenLabel = 'tapbench', clock = systemClock } = options
  const module = options.module ?? findSoftHsm()
  if (!existsSync(directory)) await keepToken(module, tokenLabel, directory, clock)
  const pin = await readFile(join(directory, PIN_FILE), 'utf8')
  const access = new PrivateToken(module, tokenLabel, directory, pin)
  await writeFile(access.environment.SOFTHSM2_CONF, await configuration(directory))
  return access
}

/** Whole or not at all: what is half made has another name, and is made anew. */
async function keepToken(module: string, label: string, directory: string, clock: Clock): Promise<void> {
  const unfinished = `${directory}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  const access = new PrivateToken(module, label, unfinished)
  await writeFile(join(unfinished, PIN_FILE), access.pin, { mode: 0o600 })
  await writeFile(access.environment.SOFTHSM2_CONF, await configuration(unfinished))
  await SignerProcess.once(
    { type: 'initialise', access, securityOfficerPin: randomPin(), provision: true },
    clock,
  )
  await rename(unfinished, directory)
}

const PIN_FILE = 'pin'

async function configuration(home: string): Promise<string> {
  const tokens = join(home, 'tokens')
  await mkdir(tokens, { recursive: true, mode: 0o700 })
  return `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`
}

/** From the machine's own generator and not an injected one: a PIN that can be repeated is no secret. */
function randomPin(): string {
  return randomBytes(16).toString('hex')
}
