import type { SealedKey } from '../keys/sealed-key.ts'

const IV_DIGITS = 32

/** Copies of a record under `aes-cbc-pad` of which one thing each is not as it was sealed, by what that is. */
export function alterations(sealed: SealedKey): Readonly<Record<string, SealedKey>> {
  const { blob, seal, record } = sealed
  return {
    vector: { ...sealed, blob: flipped(blob, 0) },
    'first block': { ...sealed, blob: flipped(blob, IV_DIGITS) },
    'last block, where the padding is': { ...sealed, blob: flipped(blob, blob.length - 1) },
    'a block less': { ...sealed, blob: blob.slice(0, -IV_DIGITS) },
    'nothing but a vector': { ...sealed, blob: blob.slice(0, IV_DIGITS) },
    usage: { ...sealed, record: { ...record, usage: 'data' } },
    owner: { ...sealed, record: { ...record, owner: 'me' } },
    exportability: { ...sealed, record: { ...record, exportable: true } },
    'end of validity': { ...sealed, record: { ...record, validUntil: 9e15 } },
    seal: { ...sealed, seal: flipped(seal, 0) },
    'no seal': { ...sealed, seal: '' },
    'a sealing that nobody knows': { ...sealed, sealing: 'none' as 'aes-kwp' },
  }
}

function flipped(hex: string, at: number): string {
  const digit = (Number.parseInt(hex.charAt(at), 16) ^ 1).toString(16)
  return `${hex.slice(0, at)}${digit}${hex.slice(at + 1)}`
}
