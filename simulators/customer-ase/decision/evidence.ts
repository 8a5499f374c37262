import { fromHex } from '../../../protocols/bytes/bytes.ts'
import {
  type InterledgerPayload,
  PayloadError,
  parsePayload,
} from '../../../protocols/interledger/payload.ts'
import type { CardKeys } from '../cards/card-keys.ts'
import type { IssuerPins } from '../cards/issuer-pins.ts'
import { CryptogramCheck } from './cryptogram-check.ts'
import { PinVerification } from './pin-verification.ts'

/** What the terminal says the card has signed, and the means to check it. */
export interface Evidence {
  payload: InterledgerPayload
  check: CryptogramCheck
  pin: PinVerification
}

/** Reads the payload (hex) of a payment; null when it cannot be read. */
export function evidenceOf(
  hex: string,
  { keys, pins }: { keys: CardKeys; pins: () => Promise<IssuerPins> },
): Evidence | null {
  try {
    const payload = parsePayload(fromHex(hex))
    return { payload, check: new CryptogramCheck(keys, payload), pin: new PinVerification(pins, payload) }
  } catch (error) {
    if (error instanceof PayloadError || error instanceof TypeError) return null
    throw error
  }
}
