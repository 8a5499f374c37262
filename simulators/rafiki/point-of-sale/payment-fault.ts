import { z } from 'zod'

// Rafiki answers all of these with 400 invalid_request.
const STATUS = {
  sender_unknown: 404,
  receiver_unknown: 404,
  declined: 402,
  timeout: 504,
} as const

/** Why point-of-sale could not have a payment approved; who asks hears it from a hardened instance alone. */
export class PaymentFault extends Error {
  override name = 'PaymentFault'
  readonly code: keyof typeof STATUS
  constructor(code: keyof typeof STATUS, message: string) {
    super(message)
    this.code = code
  }
}

/** The answer that tells what went wrong. */
export function answerTo(error: unknown): { status: number; error: { code: string; description: string } } {
  if (error instanceof PaymentFault)
    return { status: STATUS[error.code], error: { code: error.code, description: error.message } }
  if (error instanceof z.ZodError)
    return { status: 400, error: { code: 'invalid_request', description: z.prettifyError(error) } }
  return { status: 502, error: { code: 'not_completed', description: 'the payment was not completed' } }
}
