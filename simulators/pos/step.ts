import { ApduError } from '../../protocols/apdu/error.ts'
import { AflError } from '../../protocols/emv/afl.ts'
import { NumericError } from '../../protocols/emv/numeric.ts'
import { PaymentPointerError } from '../../protocols/interledger/payment-pointer.ts'
import { because, type Outcome, type ReasonCode } from '../../protocols/outcome/outcome.ts'
import { DolError } from '../../protocols/tlv/dol.ts'
import { TlvError } from '../../protocols/tlv/tlv.ts'

/** What a step of the transaction came to: its result, or the end of the tap. */
export type Step<Value> = { done: true; value: Value } | { done: false; outcome: Outcome }

/** Card data that is readable and still not what the specification asks for. Messages name tags and lengths, never values. */
export class CardDataError extends Error {
  override name = 'CardDataError'
}

const CARD_ERRORS = [
  CardDataError,
  TlvError,
  DolError,
  AflError,
  ApduError,
  NumericError,
  PaymentPointerError,
]

export function done<Value>(value: Value): Step<Value> {
  return { done: true, value }
}

export function end(code: ReasonCode, detail?: string): Step<never> {
  return { done: false, outcome: because(code, detail) }
}

/** Reads what the card answered to `command`; anything wrong in it ends the tap. */
export function reading<Value>(command: string, read: () => Value): Step<Value> {
  try {
    return done(read())
  } catch (error) {
    if (error instanceof Error && CARD_ERRORS.some((kind) => error instanceof kind))
      return end('card_malformed', `${command}: ${error.message}`)
    throw error
  }
}
