import { z } from 'zod'

/** What every webhook of Rafiki is. */
export const webhookEvent = z.object({
  id: z.string().min(1).max(100),
  type: z.string().min(1).max(100),
  data: z.looseObject({}),
})

export type WebhookEvent = z.infer<typeof webhookEvent>

/** `data` of `incoming_payment.completed`, as far as it is used. */
export const completedPayment = z.object({
  id: z.string().max(100),
  walletAddressId: z.string().max(100),
  receivedAmount: z.object({
    value: z.string().regex(/^\d{1,18}$/),
    assetCode: z.string().max(10),
    assetScale: z.number().int().min(0).max(255),
  }),
})

export type CompletedPayment = z.infer<typeof completedPayment>

/** `data` of `outgoing_payment.completed` and `.failed`, as far as it is used; `balance` is what Rafiki still holds, in minor units. */
export const endedPayment = z.object({
  id: z.string().max(100),
  balance: z.string().regex(/^\d{1,18}$/),
})
