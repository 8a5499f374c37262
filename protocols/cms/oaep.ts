import { createHash } from 'node:crypto'
import { concat } from '../bytes/bytes.ts'
import { sameMac } from '../mac/compare.ts'
import { xor } from '../mac/xor.ts'

const HASH = 32
const LABEL_HASH = sha256(new Uint8Array())

/**
 * EME-OAEP (RFC 8017, 7.1.1) with SHA-256, MGF1 with SHA-256 and no label, for the raw RSA of a token. `length`: bytes of the modulus;
 * `seed`: 32 random bytes. Throws a RangeError when the message is longer than `length` - 66.
 */
export function encodeOaep(message: Uint8Array, length: number, seed: Uint8Array): Uint8Array {
  const zeros = length - message.length - 2 * HASH - 2
  if (zeros < 0 || seed.length !== HASH)
    throw new RangeError(
      `expected at most ${length - 2 * HASH - 2} bytes and a seed of ${HASH}, got ${message.length} and ${seed.length}`,
    )
  const block = concat(LABEL_HASH, new Uint8Array(zeros), Uint8Array.of(1), message)
  const maskedBlock = xor(block, mgf1(seed, block.length))
  return concat(Uint8Array.of(0), xor(seed, mgf1(maskedBlock, HASH)), maskedBlock)
}

/** Inverse of {@link encodeOaep}; null when the block is not of its form, without a word on where (RFC 8017, 7.1.2). */
export function decodeOaep(encoded: Uint8Array): Uint8Array | null {
  if (encoded.length < 2 * HASH + 2) return null
  const maskedBlock = encoded.subarray(1 + HASH)
  const seed = xor(encoded.subarray(1, 1 + HASH), mgf1(maskedBlock, HASH))
  const block = xor(maskedBlock, mgf1(seed, maskedBlock.length))
  const mark = block.findIndex((byte, index) => index >= HASH && byte !== 0)
  const sound = sameMac(block.subarray(0, HASH), LABEL_HASH) && encoded[0] === 0 && block[mark] === 1
  return sound ? block.slice(mark + 1) : null
}

// RFC 8017, B.2.1.
function mgf1(seed: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let counter = 0; counter * HASH < length; counter++) {
    const index = Buffer.alloc(4)
    index.writeUInt32BE(counter)
    parts.push(sha256(concat(seed, index)))
  }
  return concat(...parts).slice(0, length)
}

function sha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest()
}
