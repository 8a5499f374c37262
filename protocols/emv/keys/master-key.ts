import { concat } from '../../bytes/bytes.ts'
import { encryptEcb } from '../../mac/des.ts'
import { withOddParity } from '../../mac/parity.ts'
import { not } from '../../mac/xor.ts'
import { aesEcb } from './aes.ts'
import { type DerivationOption, diversifier } from './diversification.ts'

/** What is encrypted in ECB mode under the issuer master key to make the card's: Y and its complement. */
export function masterKeyBlocks(y: Uint8Array): Uint8Array {
  return concat(y, not(y))
}

/** ICC master key, triple DES (EMV 4.4 Book 2, A1.4.1): 16 bytes of odd parity. `imk`: 16 bytes; `y`: 8 bytes. */
export function tdesMasterKey(imk: Uint8Array, y: Uint8Array): Uint8Array {
  return withOddParity(encryptEcb(imk, masterKeyBlocks(y)))
}

/** ICC master key, AES (EMV 4.4 Book 2, A1.4.3), as long as `imk`: 16, 24 or 32 bytes; `y`: 16 bytes. */
export function aesMasterKey(imk: Uint8Array, y: Uint8Array): Uint8Array {
  return aesEcb(imk, imk.length === 16 ? y : masterKeyBlocks(y)).slice(0, imk.length)
}

/**
 * The master key of a card from the issuer's: options A and B triple DES, option C AES. `pan` and `psn` as in {@link diversifier}. Throws
 * a RangeError for digits or a key length that do not fit.
 */
export function iccMasterKey(
  option: DerivationOption,
  imk: Uint8Array,
  pan: string,
  psn: string,
): Uint8Array {
  const derive = option === 'C' ? aesMasterKey : tdesMasterKey
  return derive(imk, diversifier(option, pan, psn))
}
