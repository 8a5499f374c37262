import { z } from 'zod'

// What a terminal may ask after a payment. Bodies are JSON, as of a payment.

const minorUnits = z.string().regex(/^[1-9]\d{0,11}$/, 'expected 1 to 12 digits, not beginning with 0')
const moment = z.number().int().nonnegative()

/** `POST /payments/status`, `POST /payments/reversal`. */
export const paymentReference = z.object({ requestId: z.uuid() })

/** `POST /payments/refund`: `requestId` is the refund's own, so that the same refund is made once. */
export const refundRequest = z.object({
  requestId: z.uuid(),
  paymentId: z.uuid(),
  /** Minor units; without it all that is left of the payment. */
  amount: minorUnits.optional(),
})

/** `POST /payments/day`: payments begun from `from` on and before `to`, ms since 1970. */
export const dayRequest = z
  .object({ from: moment, to: moment })
  .refine(({ from, to }) => from < to, 'expected "from" before "to"')

export type RefundRequest = z.infer<typeof refundRequest>
export type DayRequest = z.infer<typeof dayRequest>
