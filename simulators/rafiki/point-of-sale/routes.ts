import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { readTraceparent } from '../../../protocols/journal/traceparent.ts'
import { verifyRafiki } from '../../../protocols/signatures/rafiki.ts'
import { correlated } from '../../common/correlation.ts'
import type { HttpClient } from '../../common/http-client.ts'
import { uuid } from '../../common/uuid.ts'
import type { NewIncomingPayment } from '../backend/incoming-payments.ts'
import { NEIGHBOURS, type Settings } from '../config.ts'
import type { Hardening } from '../hardening.ts'
import { TEXT } from '../plain-server.ts'
import type { WaitMap } from '../wait-map.ts'
import { answerTo, PaymentFault } from './payment-fault.ts'

const WALLET_TIMEOUT_MS = 10_000
// Point-of-sale itself sets no bound on this call; the card service ends it by its own.
const CARD_SERVICE_TIMEOUT_MS = 120_000

const paymentBody = z.object({
  signature: z.string(),
  payload: z.string(),
  amount: z.object({
    value: z.string().regex(/^\d{1,20}$/),
    assetCode: z.string(),
    assetScale: z.number().int().min(0).max(255),
  }),
  senderWalletAddress: z.string().refine((text) => URL.canParse(text)),
  receiverWalletAddress: z.string(),
  timestamp: z.number(),
})
type PaymentBody = z.infer<typeof paymentBody>

const walletDocument = z.looseObject({ cardService: z.string() })
const cardAnswer = z.object({
  result: z.object({ code: z.enum(['approved', 'invalid_signature']) }),
})
const cardRefusal = z.object({ error: z.object({ description: z.string() }) })
const webhookBody = z.looseObject({
  type: z.string(),
  data: z.looseObject({ id: z.string(), completed: z.boolean().optional() }),
})
type CardCode = z.infer<typeof cardAnswer>['result']['code']

/** Whether the money of the awaited event is there. */
export type CompletionEvent = { completed: boolean }

interface CreatedPayment {
  id: string
}

/** What point-of-sale asks of its backend: directly, or over the Admin API when it is a program of its own. */
export interface PosBackend {
  walletAddresses: { byUrl(url: string): { id: string } | null | Promise<{ id: string } | null> }
  incomingPayments: {
    create(order: NewIncomingPayment): CreatedPayment | Promise<CreatedPayment>
    url(payment: CreatedPayment): string
  }
}

type PosSettings = Pick<
  Settings,
  'clock' | 'incomingPaymentExpiryMs' | 'party' | 'random' | 'useHttp' | 'webhookSecret' | 'webhookTimeoutMs'
>

export interface PointOfSaleParts {
  settings: PosSettings
  /** Throws when the backend cannot be reached. */
  backend: () => PosBackend
  /** Answers `GET /payments` to its query. */
  payments: (query: unknown) => unknown
  http: HttpClient
  waiting: WaitMap<CompletionEvent>
  /** Without it everything is as in Rafiki. */
  hardening?: Hardening
}

/** Point-of-sale: takes payment requests of the ASE's POS API, which must have authenticated the terminal. */
export function pointOfSaleRoutes(app: FastifyInstance, parts: PointOfSaleParts): void {
  app.post('/payment', async (request, reply) => {
    const tap = readTraceparent(request.headers.traceparent)
    try {
      const code = await correlated(tap, () => approve(request.body, parts))
      return await reply.send({ result: { code } })
    } catch (fault) {
      if (!parts.hardening?.on) return reply.code(400).send({ error: { code: 'invalid_request' } })
      const { status, error } = answerTo(fault)
      return reply.code(status).send({ error })
    }
  })
  app.get('/payments', async (request) => parts.payments(request.query))
  app.post('/webhook', async (request, reply) => {
    const header = request.headers['rafiki-signature']
    if (parts.hardening?.refuses(request.body, header)) return plain(reply, 401, 'invalid webhook signature')
    const [status, text] = takeCompletion(request.body, header, parts)
    return plain(reply, status, text)
  })
}

/** The outcome of one payment. Throws for whatever Rafiki answers with `invalid_request`, whose cause is lost there too. */
async function approve(body: unknown, parts: PointOfSaleParts): Promise<CardCode> {
  const request = paymentBody.parse(body)
  const cardService = await cardServiceOf(request.senderWalletAddress, parts)
  const payment = await createIncomingPayment(request, parts)
  const wait = parts.waiting.expect(payment.id, parts.settings.webhookTimeoutMs)
  try {
    const code = await askIssuer(cardService, request, payment, parts)
    if (code === 'invalid_signature') return code
    const event = await wait.event
    if (!event?.completed)
      throw new PaymentFault('timeout', `expected the money of incoming payment ${payment.id} in time`)
    return 'approved'
  } finally {
    wait.giveUp()
  }
}

async function cardServiceOf(
  senderWalletAddress: string,
  { http, settings }: PointOfSaleParts,
): Promise<string> {
  const url = new URL(senderWalletAddress)
  if (settings.useHttp) url.protocol = 'http:'
  const answer = await http.call({
    to: NEIGHBOURS[settings.party].other,
    method: 'GET',
    url: url.href,
    headers: { accept: 'application/json' },
    timeoutMs: WALLET_TIMEOUT_MS,
  })
  if (answer.status !== 200)
    throw new PaymentFault(
      'sender_unknown',
      `expected a wallet address at ${url.href}, got HTTP ${answer.status}`,
    )
  return walletDocument.parse(answer.body).cardService
}

async function createIncomingPayment(
  { amount, receiverWalletAddress, senderWalletAddress }: PaymentBody,
  { backend, settings, hardening }: PointOfSaleParts,
): Promise<CreatedPayment> {
  const { walletAddresses, incomingPayments } = backend()
  const walletAddress = await walletAddresses.byUrl(receiverWalletAddress)
  if (walletAddress === null)
    throw new PaymentFault('receiver_unknown', `expected a wallet address here, got ${receiverWalletAddress}`)
  const { clock, incomingPaymentExpiryMs, webhookTimeoutMs } = settings
  const lifetimeMs = hardening?.on
    ? Math.max(incomingPaymentExpiryMs, webhookTimeoutMs)
    : incomingPaymentExpiryMs
  const expiresAt = clock.now() + lifetimeMs
  return incomingPayments.create({
    walletAddressId: walletAddress.id,
    incomingAmount: { ...amount, value: BigInt(amount.value) },
    expiresAt: new Date(expiresAt).toISOString(),
    isCardPayment: true,
    senderWalletAddress,
  })
}

async function askIssuer(
  cardService: string,
  { signature, payload, amount, senderWalletAddress, timestamp }: PaymentBody,
  payment: CreatedPayment,
  { http, settings, backend }: PointOfSaleParts,
): Promise<CardCode> {
  const requestId = uuid(settings.random)
  const incomingPaymentUrl = backend().incomingPayments.url(payment)
  const answer = await http.call({
    to: NEIGHBOURS[settings.party].other,
    method: 'POST',
    url: `${cardService}${cardService.endsWith('/') ? '' : '/'}payment`,
    body: { signature, payload, amount, senderWalletAddress, incomingPaymentUrl, timestamp, requestId },
    timeoutMs: CARD_SERVICE_TIMEOUT_MS,
  })
  const { data: refusal } = cardRefusal.safeParse(answer.body)
  if (refusal !== undefined) throw new PaymentFault('declined', refusal.error.description)
  return cardAnswer.parse(answer.body).result.code
}

/** What the sender of an event hears. As in Rafiki, a signature is checked when there is one, at any age. */
export function takeCompletion(
  body: unknown,
  header: string | string[] | undefined,
  { settings, waiting }: Pick<PointOfSaleParts, 'settings' | 'waiting'>,
): [number, string] {
  if (header) {
    const verdict = verifyRafiki(body, String(header), settings.webhookSecret)
    if (!verdict.valid && !String(header).includes(', ')) return [500, 'Internal Server Error']
    if (!verdict.valid) return [401, 'invalid webhook signature']
  }
  const { data: event } = webhookBody.safeParse(body)
  if (event === undefined) return [500, 'Internal Server Error']
  if (event.type !== 'incoming_payment.completed') return [400, 'Invalid webhook event type']
  const taken = waiting.settle(event.data.id, { completed: event.data.completed === true })
  return taken ? [200, 'OK'] : [404, 'Not awaiting webhook for incoming payment id']
}

function plain(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type(TEXT).send(text)
}
