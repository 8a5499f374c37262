import { fromHex } from '../../../protocols/bytes/bytes.ts'
import {
  type InterledgerPayload,
  PayloadError,
  parsePayload,
} from '../../../protocols/interledger/payload.ts'
import type { CardKeys } from '../cards/card-keys.ts'
import { CryptogramCheck } from './cryptogram-check.ts'

/** What the terminal says the card has signed, and the means to check it. */
export interface Evidence {
  payload: InterledgerPayload
  check: CryptogramCheck
}

/** Reads the payload (hex) of a payment; null when it cannot be read. */
export function evidenceOf(hex: string, keys: CardKeys): Evidence | null {
  try {
    const payload = parsePayload(fromHex(hex))
    return { payload, check: new CryptogramCheck(keys, payload) }
  } catch (error) {
    if (error instanceof PayloadError || error instanceof TypeError) return null
    throw error
  }
}
