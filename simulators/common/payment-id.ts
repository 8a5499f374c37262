import { z } from 'zod'

const aboutPayment = z.object({ data: z.object({ id: z.string().max(100) }) })

/** Rafiki's id of the payment that a webhook is about; null when it is about none. */
export function paymentIdOf(event: unknown): string | null {
  return aboutPayment.safeParse(event).data?.data.id ?? null
}
