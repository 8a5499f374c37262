import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { correlated } from '../../common/correlation.ts'
import { Refusal } from '../backend/refusals.ts'
import type { Settings } from '../config.ts'
import type { Hardening } from '../hardening.ts'
import { TEXT } from '../plain-server.ts'
import type { WaitMap } from '../wait-map.ts'

const url = z.string().refine((text) => URL.canParse(text), 'expected a URL')

const paymentBody = z.object({
  requestId: z.uuid(),
  signature: z.string(),
  payload: z.string(),
  amount: z.object({
    value: z.string().optional(),
    assetCode: z.string().optional(),
    assetScale: z.number().optional(),
  }),
  senderWalletAddress: url,
  incomingPaymentUrl: url,
  timestamp: z.number(),
})

const webhookBody = z.object({
  id: z.uuid(),
  type: z.enum(['outgoing_payment.funded', 'outgoing_payment.cancelled']),
  data: z.looseObject({
    id: z.uuid(),
    cardDetails: z.looseObject({ requestId: z.uuid() }),
    metadata: z
      .looseObject({
        cardPaymentFailureReason: z.string().optional(),
        cancellationReason: z.string().optional(),
      })
      .optional(),
  }),
})

export type CardEvent = z.infer<typeof webhookBody>
type PaymentBody = z.infer<typeof paymentBody>

/** What the card service asks of its backend: directly, or over the Admin API when it is a program of its own. */
export interface CardBackend {
  walletAddresses: { byUrl(url: string): { id: string } | null | Promise<{ id: string } | null> }
  outgoingPayments: { createFromIncomingPayment(order: CardOrder): Promise<unknown> }
}

export interface CardOrder {
  walletAddressId: string
  incomingPayment: string
  cardDetails: { requestId: string; initiatedAt: string; data: { signature: string; payload: string } }
}

export interface CardServiceParts {
  settings: Pick<Settings, 'cardPaymentTimeoutMs'>
  /** Throws when the backend cannot be reached. */
  backend: () => CardBackend
  waiting: WaitMap<CardEvent>
  /** Without it everything is as in Rafiki. */
  hardening?: Hardening
}

/** The card service: turns a tap into an outgoing payment of the cardholder and waits for the issuer's word. */
export function cardServiceRoutes(app: FastifyInstance, parts: CardServiceParts): void {
  app.post('/payment', async (request, reply) => {
    const { data } = paymentBody.safeParse(request.body)
    return data === undefined ? plain(reply, 400) : correlated(data.requestId, () => pay(data, reply, parts))
  })
  app.post('/webhook', async ({ body, headers }, reply) => {
    const refused = parts.hardening?.refuses(body, headers['rafiki-signature'])
    return plain(reply, refused ? 401 : takeCardEvent(body, parts.waiting))
  })
}

/** What the sender of an event hears, whoever it is. */
export function takeCardEvent(body: unknown, waiting: WaitMap<CardEvent>): 200 | 400 {
  const { data } = webhookBody.safeParse(body)
  if (data === undefined) return 400
  waiting.settle(data.data.cardDetails.requestId, data)
  return 200
}

async function pay(body: PaymentBody, reply: FastifyReply, parts: CardServiceParts): Promise<FastifyReply> {
  const { requestId } = body
  const wait = parts.waiting.expect(requestId, parts.settings.cardPaymentTimeoutMs)
  try {
    const walletAddress = await parts.backend().walletAddresses.byUrl(body.senderWalletAddress)
    if (walletAddress === null) return plain(reply, 404)
    await createPayment(body, walletAddress.id, parts)
    const event = await wait.event
    return event === null ? plain(reply, 504) : conclude(event, body, reply, parts)
  } catch (error) {
    if (error instanceof Refusal || error instanceof BackendUnreachable) return plain(reply, 500)
    throw error
  } finally {
    wait.giveUp()
  }
}

async function createPayment(
  { requestId, signature, payload, incomingPaymentUrl, timestamp }: PaymentBody,
  walletAddressId: string,
  { backend }: CardServiceParts,
): Promise<void> {
  const initiatedAt = isoOf(timestamp)
  if (initiatedAt === null) throw new Refusal('amountInvalid')
  await backend().outgoingPayments.createFromIncomingPayment({
    walletAddressId,
    incomingPayment: incomingPaymentUrl,
    cardDetails: { requestId, initiatedAt, data: { signature, payload } },
  })
}

function conclude(
  { type, data }: CardEvent,
  { requestId }: PaymentBody,
  reply: FastifyReply,
  { hardening }: CardServiceParts,
): FastifyReply {
  if (type === 'outgoing_payment.funded')
    return reply.code(201).send({ requestId, result: { code: 'approved' } })
  const reason = data.metadata?.cardPaymentFailureReason
  if (reason === 'invalid_signature') {
    const result = { code: 'invalid_signature', description: 'Invalid card signature' }
    return reply.code(201).send({ requestId, result })
  }
  const { cancellationReason } = data.metadata ?? {}
  if (hardening?.on && cancellationReason !== undefined)
    return reply.code(402).send({ error: { code: 'declined', description: cancellationReason } })
  const description = `Card payment failure reason "${reason ?? 'unknown'}" for cancelled payment request "${requestId}" and outgoing payment "${data.id}"`
  return reply.code(400).send({ error: { code: 'invalid_request', description } })
}

/** The instance's own backend has its port closed. */
export class BackendUnreachable extends Error {
  override name = 'BackendUnreachable'
}

const PHRASES = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  500: 'Internal Server Error',
  504: 'Gateway Timeout',
} as const

function plain(reply: FastifyReply, status: keyof typeof PHRASES): FastifyReply {
  return reply.code(status).type(TEXT).send(PHRASES[status])
}

function isoOf(timestamp: number): string | null {
  const date = new Date(timestamp)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}
