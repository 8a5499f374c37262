import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { type CaKeyEntry, type CaKeyStore, caKeyStore } from '../../../protocols/emv/oda/ca-key.ts'
import { type CaKey, caKey } from './settings.ts'

const caKeyFile = z.strictObject({ caKeys: z.array(caKey) })

/**
 * The keys of a terminal, EMV 4.4 Book 2, 11.2.2. `sources`: keys, and names of files, each `fixtures/NAME.yaml`, or a path that ends with
 * `.yaml`. Throws an error that names the file and what is wrong in it; a key whose checksum is wrong is refused when a card asks for it.
 */
export async function loadCaKeys(sources: readonly (CaKey | string)[]): Promise<CaKeyStore> {
  const keys = await Promise.all(
    sources.map(async (source) => (typeof source === 'string' ? readCaKeys(source) : [source])),
  )
  return caKeyStore(keys.flat().map(entryOf))
}

/** The keys of a file, see {@link loadCaKeys}. */
export async function readCaKeys(name: string): Promise<CaKey[]> {
  const location = name.endsWith('.yaml') ? name : new URL(`../../../fixtures/${name}.yaml`, import.meta.url)
  const read = caKeyFile.safeParse(parse(await readFile(location, 'utf8')))
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`)
    throw new Error(`certification authority keys ${name}: ${faults.join('; ')}`)
  }
  return read.data.caKeys
}

function entryOf({ rid, index, modulus, exponent, expiry, checksum }: CaKey): CaKeyEntry {
  return {
    rid: fromHex(rid),
    index: Number.parseInt(index, 16),
    modulus: fromHex(modulus),
    exponent: fromHex(exponent),
    checksum: fromHex(checksum),
    expiry: expiry === null ? null : fromHex(expiry),
  }
}
