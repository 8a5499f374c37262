import type { Desk } from './desk.ts'
import { ALGORITHMS } from './hierarchy/algorithms.ts'
import { expectBytes } from './input.ts'
import { type GenerateKey, newKeyOf } from './new-key.ts'

/** `value`: as many bytes as the algorithm says; `kcv`: hex, compared when given. */
export interface ImportKey extends GenerateKey {
  value: Uint8Array
  kcv?: string
}

/** Takes a secret key in the clear. Throws KCV_MISMATCH. */
export async function importKey(
  desk: Desk,
  { value, kcv, ...key }: ImportKey,
): Promise<{ kcv: string | null }> {
  const record = newKeyOf(key)
  expectBytes(`a key of ${key.algorithm}`, value, ALGORITHMS[key.algorithm].bytes)
  const args = { key: record, value, kcv: kcv ?? null }
  const sealed = await desk.make('ImportKey', [], args, (made) => made)
  return { kcv: sealed.record.kcv }
}
