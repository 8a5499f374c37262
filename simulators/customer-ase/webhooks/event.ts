import { z } from 'zod'
import type { CardPayment, Money } from '../decision/payment.ts'

/** What Rafiki posts, whatever the type. */
export const eventSchema = z.object({ id: z.guid(), type: z.string(), data: z.unknown() })

export interface RafikiEvent extends z.infer<typeof eventSchema> {
  /** When its request came, by `performance.now()`. */
  cameAt: number
}

const minorUnits = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt)
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const money = z.object({ value: minorUnits, assetCode: z.string(), assetScale: z.int() })

const cardDetails = z.object({
  requestId: z.string(),
  initiatedAt: moment,
  data: z.object({ signature: z.string(), payload: z.string() }),
})

const outgoingPaymentSchema = z.object({
  id: z.guid(),
  walletAddressId: z.string(),
  receiver: z.string(),
  debitAmount: money,
  receiveAmount: money,
  sentAmount: money,
  balance: minorUnits,
  createdAt: moment,
  cardDetails: cardDetails.nullish(),
})

/** The `data` of `outgoing_payment.*` events, as far as an issuer needs it. */
export interface OutgoingPayment {
  id: string
  /** Rafiki's id of the payer's wallet address. */
  walletAddressId: string
  /** Null when no card was tapped. */
  tap: CardPayment | null
  sentAmount: Money
  /** Minor units that Rafiki still holds for the payment. */
  balance: bigint
}

/** Reads the `data` of an `outgoing_payment.*` event. Throws an error that names what is wrong with it. */
export function readOutgoingPayment({ type, data }: RafikiEvent): OutgoingPayment {
  const read = outgoingPaymentSchema.safeParse(data)
  if (!read.success) throw new Error(`expected the data of ${type}, got: ${z.prettifyError(read.error)}`)
  const { cardDetails: card, sentAmount, balance, ...payment } = read.data
  const { id, walletAddressId } = payment
  if (card === undefined || card === null) return { id, walletAddressId, tap: null, sentAmount, balance }
  const { requestId, initiatedAt, data: signed } = card
  return { id, walletAddressId, tap: { ...payment, requestId, initiatedAt, ...signed }, sentAmount, balance }
}

const incomingPaymentSchema = z.object({ id: z.guid(), walletAddressId: z.string(), receivedAmount: money })

/** The `data` of `incoming_payment.completed`, as far as an issuer needs it. */
export type IncomingPayment = z.infer<typeof incomingPaymentSchema>

/** Reads the `data` of an `incoming_payment.completed` event. Throws an error that names what is wrong with it. */
export function readIncomingPayment({ type, data }: RafikiEvent): IncomingPayment {
  const read = incomingPaymentSchema.safeParse(data)
  if (read.success) return read.data
  throw new Error(`expected the data of ${type}, got: ${z.prettifyError(read.error)}`)
}
