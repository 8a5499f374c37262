import { cardVerificationValue } from './cvv.ts'

/** Verification values of a card that an issuer computes under one pair of keys. */
export type CardValueKind = 'cvv' | 'icvv' | 'cvv2'

/** What a value is computed from. */
export interface CardValueData {
  /** Decimal digits. */
  pan: string
  /** YYMM, as on track 2. */
  expiry: string
  /** 3 digits, as on track 2: enters the CVV alone. */
  serviceCode: string
}

/** What of the expiry date and the service code enters a value, so that none can stand for another. */
const KINDS: Record<CardValueKind, (data: CardValueData) => { expiry: string; serviceCode: string }> = {
  /** On the magnetic stripe (CVC at Mastercard). */
  cvv: ({ expiry, serviceCode }) => ({ expiry, serviceCode }),
  /** In the chip's image of the stripe. */
  icvv: ({ expiry }) => ({ expiry, serviceCode: '999' }),
  /** Printed on the card (CVC2), with the date in the order in which it is printed: MMYY. */
  cvv2: ({ expiry }) => ({ expiry: expiry.slice(2) + expiry.slice(0, 2), serviceCode: '000' }),
}

/**
 * A card verification value, 3 decimal digits. `key`: the pair CVK A and B, 16 bytes. Throws a RangeError when expiry or service code do
 * not have their length, or a value is not made of decimal digits.
 */
export function cardValue(kind: CardValueKind, key: Uint8Array, data: CardValueData): string {
  return cardVerificationValue(key, cardValueInput(kind, data))
}

/** What of the data enters a value. Throws as {@link cardValue}. */
export function cardValueInput(kind: CardValueKind, data: CardValueData): CardValueData {
  checkDigits('expiry', data.expiry, 4)
  checkDigits('service code', data.serviceCode, 3)
  return { pan: data.pan, ...KINDS[kind](data) }
}

/** What a CAVV is computed from (Visa's cardholder authentication verification value, 3-D Secure). */
export interface CavvData {
  pan: string
  /** 4 digits: the unpredictable number that stands in the place of the expiry date. */
  unpredictableNumber: string
  /** 1 digit. */
  authenticationResult: string
  /** 2 digits. */
  secondFactor: string
}

/** The output of the CAVV algorithm, 3 decimal digits. `key`: 16 bytes. Throws a RangeError when a value does not have its length. */
export function cavv(key: Uint8Array, data: CavvData): string {
  const { pan, unpredictableNumber: expiry, authenticationResult, secondFactor } = data
  checkDigits('unpredictable number', expiry, 4)
  checkDigits('authentication result', authenticationResult, 1)
  checkDigits('second factor', secondFactor, 2)
  return cardVerificationValue(key, { pan, expiry, serviceCode: authenticationResult + secondFactor })
}

function checkDigits(what: string, text: string, length: number): void {
  if (!new RegExp(`^[0-9]{${length}}$`).test(text))
    throw new RangeError(
      `expected ${what} of ${length} decimal digits, got ${text.length} characters; check the card data`,
    )
}
