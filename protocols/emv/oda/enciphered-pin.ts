import { concat, equal } from '../../bytes/bytes.ts'
import { type Checked, failure } from './reasons.ts'
import { type RsaPrivateKey, type RsaPublicKey, rsaDecrypt, rsaRecover } from './rsa.ts'

const HEADER = 0x7f
const PIN_BLOCK_BYTES = 8
const CHALLENGE_BYTES = 8
const FIXED_BYTES = 1 + PIN_BLOCK_BYTES + CHALLENGE_BYTES
const SECTION = 'Book 2, 7.2'

/**
 * Enciphers a PIN for VERIFY, EMV 4.4 Book 2, 7.2: as long as the modulus. `pinBlock`: format 2, 8 bytes; `challenge`: the answer to GET
 * CHALLENGE, 8 bytes; `random` gives the padding. Throws a RangeError when a part does not have its length.
 */
export function encipherPin(
  key: RsaPublicKey,
  pinBlock: Uint8Array,
  challenge: Uint8Array,
  random: (length: number) => Uint8Array,
): Uint8Array {
  if (pinBlock.length !== PIN_BLOCK_BYTES || challenge.length !== CHALLENGE_BYTES)
    throw new RangeError(
      `expected PIN block and challenge of 8 bytes each, got ${pinBlock.length} and ${challenge.length}`,
    )
  const padding = random(key.modulus.length - FIXED_BYTES)
  const enciphered = rsaRecover(key, concat(Uint8Array.of(HEADER), pinBlock, challenge, padding))
  if (enciphered === null)
    throw new RangeError(
      `expected a modulus above 7F… and padding to its length, got ${padding.length} bytes`,
    )
  return enciphered
}

/** The card's side, EMV 4.4 Book 2, 7.2: the PIN block, when the data are fresh. Never throws for what came in `enciphered`. */
export function decipherPin(
  key: RsaPrivateKey,
  enciphered: Uint8Array,
  challenge: Uint8Array,
): Checked<{ pinBlock: Uint8Array }> {
  if (enciphered.length !== key.length) return failure('length_wrong', SECTION)
  const plain = rsaDecrypt(key, enciphered)
  if (plain?.[0] !== HEADER) return failure('header_wrong', SECTION)
  if (!equal(plain.subarray(1 + PIN_BLOCK_BYTES, FIXED_BYTES), challenge))
    return failure('pin_challenge_mismatch', SECTION)
  return { ok: true, pinBlock: plain.slice(1, 1 + PIN_BLOCK_BYTES) }
}
