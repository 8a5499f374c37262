import { concat } from '../bytes/bytes.ts'

/** Padding methods of ISO/IEC 9797-1:2011, 6.3. */
export type PaddingMethod = 1 | 2 | 3

const METHODS: Record<PaddingMethod, (data: Uint8Array, block: number) => Uint8Array> = {
  1: (data, block) => (data.length === 0 ? new Uint8Array(block) : zeroFilled(data, block)),
  2: (data, block) => zeroFilled(concat(data, Uint8Array.of(0x80)), block),
  3: (data, block) => concat(bitLength(data, block), METHODS[1](data, block)),
}

/**
 * Fills `data` up to whole blocks. Method 1: zeros, only where needed (no data becomes one block); 2: `80`, then zeros; 3: as 1, with the
 * length in bits as one block in front. `block`: bytes.
 */
export function pad(method: PaddingMethod, data: Uint8Array, block = 8): Uint8Array {
  return METHODS[method](data, block)
}

/** What was padded by method 2; null when there is no `80` followed by nothing but fewer than `block` zeros. */
export function unpad2(padded: Uint8Array, block = 8): Uint8Array | null {
  const end = padded.findLastIndex((byte) => byte !== 0)
  return padded[end] === 0x80 && padded.length - end <= block ? padded.slice(0, end) : null
}

function zeroFilled(data: Uint8Array, block: number): Uint8Array {
  const missing = (block - (data.length % block)) % block
  return concat(data, new Uint8Array(missing))
}

function bitLength(data: Uint8Array, block: number): Uint8Array {
  const hex = (BigInt(data.length) * 8n).toString(16).padStart(block * 2, '0')
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
