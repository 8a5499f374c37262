import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentJournal } from '../../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../../protocols/journal/memory-journal.ts'
import { withOddParity } from '../../../../protocols/mac/parity.ts'
import { startOf, type TokenAccess } from '../../access.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from '../../hierarchy/algorithms.ts'
import type { KeyUsage } from '../../hierarchy/usages.ts'
import { type Hsm, openHsm } from '../../hsm.ts'
import { MemoryKeyStore } from '../../keys/key-store.ts'
import { createPrivateToken } from '../../token.ts'
import type { RevealRequest } from '../reveal-keys.ts'
import { dumped, spied } from './spy.ts'

const REVEAL = join(import.meta.dirname, '../reveal-keys.ts')

/** What is spied on, and closed then. */
export interface SpiedToken {
  readonly access: TokenAccess
  close(): Promise<void>
}

/** An HSM whose only signer is under the spy, beside one on the same token that is not. */
export class SpiedHsm {
  readonly hsm: Hsm
  /** For what is no matter of the spy: keys that come in the clear, and what helps to find out what to look for. */
  readonly unseen: Hsm
  readonly keys: MemoryKeyStore
  readonly journal: MemoryJournal
  /** The values of the keys that {@link know} made. */
  readonly values = new Map<string, Uint8Array>()
  readonly #token: SpiedToken
  readonly #directory: string

  private constructor(
    [hsm, unseen]: [Hsm, Hsm],
    { keys, journal }: { keys: MemoryKeyStore; journal: MemoryJournal },
    [token, directory]: [SpiedToken, string],
  ) {
    this.hsm = hsm
    this.unseen = unseen
    this.keys = keys
    this.journal = journal
    this.#token = token
    this.#directory = directory
  }

  /** `newToken`: SoftHSM2's unless it is told. */
  static async open(
    spy: string,
    newToken: (directory: string) => Promise<SpiedToken> = newSoftHsm,
  ): Promise<SpiedHsm> {
    const directory = await mkdtemp(join(tmpdir(), 'tapbench-spy-'))
    const token = await newToken(directory)
    const { access } = token
    const keys = new MemoryKeyStore()
    const journal = new MemoryJournal(() => 0)
    const shared = { keys, signers: 1, clearAllowed: true }
    const hsm = await openHsm({ ...shared, token: spied(access, spy, logOf(directory)), journal })
    const unseen = await openHsm({ ...shared, token: access, journal: silentJournal })
    return new SpiedHsm([hsm, unseen], { keys, journal }, [token, directory])
  }

  /** A key with a random value that this test knows, taken past the spy; its label: usage and algorithm. */
  async know(usage: KeyUsage, algorithm: SecretAlgorithm): Promise<void> {
    const label = `${usage} ${algorithm}`
    const bytes = new Uint8Array(randomBytes(ALGORITHMS[algorithm].bytes))
    const value = familyOf(algorithm) === 'tdes' ? withOddParity(bytes) : bytes
    this.values.set(label, value)
    await this.unseen.importKey({ label, usage, algorithm, value, exportable: true })
  }

  value(label: string): Uint8Array {
    const value = this.values.get(label)
    if (value === undefined) throw new Error(`expected a known key "${label}"`)
    return value
  }

  /** What the spy wrote down meanwhile: all bytes of its dumps. */
  async written(action: () => Promise<unknown>): Promise<Buffer> {
    return dumped(await this.#written(action))
  }

  /** The functions of the module that were called meanwhile, in order. */
  async called(action: () => Promise<unknown>): Promise<string[]> {
    return [...(await this.#written(action)).matchAll(/^\d+: (C_\w+)/gm)].map(([, name = '']) => name)
  }

  async #written(action: () => Promise<unknown>): Promise<string> {
    const file = logOf(this.#directory)
    const before = (await readFile(file)).length
    await action()
    const log = await open(file)
    try {
      const { size } = await log.stat()
      const { buffer } = await log.read(Buffer.alloc(size - before), 0, size - before, before)
      return buffer.toString('latin1')
    } finally {
      await log.close()
    }
  }

  /** The values of all keys that lie wrapped, by label, read past the layer that would never tell them. */
  reveal(): Record<string, Uint8Array> {
    const { access } = this.#token
    const keys = this.keys.list().filter(({ blob }) => blob !== '')
    const request: RevealRequest = { access: { ...access, pin: access.pin }, keys }
    const options = { input: JSON.stringify(request), env: { ...process.env, ...access.environment } }
    const { execPath, execArgv } = startOf(access)
    const values: string[] = JSON.parse(execFileSync(execPath, [...execArgv, REVEAL], options).toString())
    return Object.fromEntries(
      keys.map(({ record }, at) => [record.label, new Uint8Array(Buffer.from(values[at] ?? '', 'hex'))]),
    )
  }

  async close(): Promise<void> {
    await this.hsm.close()
    await this.unseen.close()
    await this.#token.close()
    await rm(this.#directory, { recursive: true })
  }
}

async function newSoftHsm(directory: string): Promise<SpiedToken> {
  const token = await createPrivateToken({ directory })
  return { access: token, close: () => token.close() }
}

function logOf(directory: string): string {
  return join(directory, 'spy.log')
}
