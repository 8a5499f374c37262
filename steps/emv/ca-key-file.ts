import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { ROOT } from '../bench/places.ts'

interface KeyFile {
  caKeys: { index: string; expiry: string | null; checksum: string }[]
}

/** A file of certification authority keys that a terminal can be given. */
export interface CaKeyFile {
  path: string
  remove: () => Promise<void>
}

/** What can be wrong with a key. */
export type KeyChange = Partial<KeyFile['caKeys'][number]>

/** The keys of fixtures/ca-keys.yaml, of which those with this index (hexadecimal) are different, in a file of their own. */
export async function changedCaKeys(index: string, change: KeyChange): Promise<CaKeyFile> {
  const text = await readFile(join(ROOT, 'fixtures/ca-keys.yaml'), 'utf8')
  const { caKeys } = parse(text) as KeyFile
  if (caKeys.every((key) => key.index !== index)) throw new Error(`expected a CA key ${index}, there is none`)
  const changed = caKeys.map((key) => (key.index === index ? { ...key, ...change } : key))
  const folder = await mkdtemp(join(tmpdir(), 'tapbench-ca-keys-'))
  const path = join(folder, 'ca-keys.yaml')
  // Quoted, since 000001 and 491231 are no numbers.
  await writeFile(path, stringify({ caKeys: changed }, { defaultStringType: 'QUOTE_DOUBLE' }))
  return { path, remove: () => rm(folder, { recursive: true }) }
}
