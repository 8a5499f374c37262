import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { type CaKeyEntry, type CaKeyStore, caKeyStore } from '../../../protocols/emv/oda/ca-key.ts'
import { hexOf } from '../hex-of.ts'

const caKeyFile = z.strictObject({
  caKeys: z.array(
    z.strictObject({
      rid: hexOf('5'),
      index: hexOf('1'),
      modulus: hexOf('1,248'),
      exponent: hexOf('1,3'),
      /** YYMMDD, the last day of use. */
      expiry: hexOf('3').nullable(),
      checksum: hexOf('20'),
    }),
  ),
})

/**
 * The keys of files, EMV 4.4 Book 2, 11.2.2. `names`: each `fixtures/NAME.yaml`, or a path that ends with `.yaml`. Throws an error that
 * names the file and what is wrong in it; a key whose checksum is wrong is refused when a card asks for it.
 */
export async function loadCaKeys(names: readonly string[]): Promise<CaKeyStore> {
  const files = await Promise.all(names.map(caKeysOf))
  return caKeyStore(files.flat())
}

async function caKeysOf(name: string): Promise<CaKeyEntry[]> {
  const location = name.endsWith('.yaml') ? name : new URL(`../../../fixtures/${name}.yaml`, import.meta.url)
  const read = caKeyFile.safeParse(parse(await readFile(location, 'utf8')))
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`)
    throw new Error(`certification authority keys ${name}: ${faults.join('; ')}`)
  }
  return read.data.caKeys.map(({ rid, index, modulus, exponent, expiry, checksum }) => ({
    rid: fromHex(rid),
    index: Number.parseInt(index, 16),
    modulus: fromHex(modulus),
    exponent: fromHex(exponent),
    checksum: fromHex(checksum),
    expiry: expiry === null ? null : fromHex(expiry),
  }))
}
