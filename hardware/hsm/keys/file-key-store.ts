import { readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { HsmError } from '../error.ts'
import { type KeyStore, MemoryKeyStore } from './key-store.ts'
import type { SealedKey } from './sealed-key.ts'

/**
 * Keys in a file, one JSON document a line, that only grows: a later line replaces an earlier one with its label. One process at a time.
 * The last line may be torn by a crash and is then left out: its `put` never resolved.
 */
export class FileKeyStore implements KeyStore {
  readonly #path: string
  readonly #keys: MemoryKeyStore
  #written: Promise<void>

  /** Reads the file, which need not be there. Throws KEY_STORE_BROKEN for a line that is no sealed key. */
  constructor(path: string) {
    this.#path = path
    const { keys, torn } = readKeys(path)
    this.#keys = new MemoryKeyStore(keys)
    this.#written = torn ? appendFile(path, '\n') : Promise.resolve()
  }

  get(label: string): SealedKey | undefined {
    return this.#keys.get(label)
  }

  async put(key: SealedKey): Promise<void> {
    await this.#keys.put(key)
    this.#written = this.#written.then(() =>
      appendFile(this.#path, `${JSON.stringify(key)}\n`, { mode: 0o600, flush: true }),
    )
    await this.#written
  }

  list(): readonly SealedKey[] {
    return this.#keys.list()
  }
}

function readKeys(path: string): { keys: SealedKey[]; torn: boolean } {
  const lines = readText(path).split('\n')
  const last = lines.pop() ?? ''
  const whole = lines.flatMap((line, index) => (line === '' ? [] : [parse(line, `${path}:${index + 1}`)]))
  return { keys: whole.filter((key) => key !== null), torn: last !== '' }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** Null for a line that was torn and closed by a later run. */
function parse(line: string, where: string): SealedKey | null {
  if (!line.endsWith('}')) return null
  try {
    const key = JSON.parse(line) as SealedKey
    if (typeof key.record?.label === 'string' && typeof key.seal === 'string') return key
  } catch {
    // Said below.
  }
  throw new HsmError('KEY_STORE_BROKEN', `expected a sealed key at ${where}, got something else`)
}
