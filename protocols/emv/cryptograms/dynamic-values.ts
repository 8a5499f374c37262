import { concat, toHex } from '../../bytes/bytes.ts'
import { cardVerificationValue } from '../../cvv/cvv.ts'
import { encryptEcb } from '../../mac/des.ts'
import { retailMac } from '../../mac/iso9797.ts'

/**
 * Dynamic CVV of Visa's mag-stripe mode: the card verification value with the card's own key, over the account number whose first four
 * digits are those of the ATC. `iccKey`: 16 bytes; `atc`: 4 decimal digits; `expiry`: YYMM; `serviceCode`: 3 digits. 3 digits.
 */
export function dynamicCvv(
  iccKey: Uint8Array,
  data: { pan: string; atc: string; expiry: string; serviceCode: string },
): string {
  return cardVerificationValue(iccKey, dynamicCvvInput(data))
}

/** What the dynamic CVV is made over, as a card verification value is. Throws as {@link dynamicCvv}. */
export function dynamicCvvInput(data: { pan: string; atc: string; expiry: string; serviceCode: string }): {
  pan: string
  expiry: string
  serviceCode: string
} {
  const { pan, atc, expiry, serviceCode } = data
  if (!/^[0-9]{4}$/.test(atc)) throw new RangeError(`expected an ATC of 4 decimal digits, got ${atc.length}`)
  return { pan: atc + pan.slice(4), expiry, serviceCode }
}

/**
 * IVCVC3 of M/Chip: the right two bytes of the retail MAC over the static track data (track 1 in ASCII, track 2 as tag 9F6B has it), made
 * once at personalisation (EMV Contactless Book C-2, COMPUTE CRYPTOGRAPHIC CHECKSUM). `iccKey`: 16 bytes. 2 bytes.
 */
export function ivCvc3(iccKey: Uint8Array, trackData: Uint8Array): Uint8Array {
  return retailMac(iccKey, trackData, 2).slice(-2)
}

/** CVC3 (tags 9F60, 9F61): 2 bytes. `iv`: 2 bytes; `unpredictableNumber`: 4 bytes, tag 9F6A; `atc`: 2 bytes. */
export function cvc3(
  iccKey: Uint8Array,
  iv: Uint8Array,
  unpredictableNumber: Uint8Array,
  atc: Uint8Array,
): Uint8Array {
  return encryptEcb(iccKey, concat(iv, unpredictableNumber, atc)).slice(-2)
}

/** The number that CVC3 is on track data, 5 decimal digits; a track takes as many of them from the right as it has room for. */
export function cvc3Digits(value: Uint8Array): string {
  return String(Number.parseInt(toHex(value), 16)).padStart(5, '0')
}
