import { createServer } from 'node:https'
import Fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerFactory } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { REASONS } from '../../protocols/outcome/outcome.ts'
import type { RafikiSecret } from '../../protocols/signatures/rafiki.ts'
import { correlated } from '../common/correlation.ts'
import { paymentIdOf } from '../common/payment-id.ts'
import { withoutSecrets } from '../common/secret-fields.ts'
import type { DecisionStore } from './decision/decision-store.ts'
import { type Rates, ratesFor } from './rates/rates.ts'
import { eventSchema, type RafikiEvent } from './webhooks/event.ts'
import { webhookFault } from './webhooks/signature.ts'

export interface HttpServerParts {
  /** PEM. */
  tls?: { cert: string; key: string }
  secret: RafikiSecret
  windowMs: number
  clock: Clock
  journal: Journal
  store: DecisionStore
  rates: Rates
  /** Called once the event was answered with 200. */
  taken: (event: RafikiEvent) => void
}

const enquirySchema = z.object({
  payload: z.string().regex(/^([0-9a-fA-F]{2})+$/),
  initiatedAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
})

/** The issuer's HTTP side: webhooks of its Rafiki, its decisions, its exchange rates. Not listening yet. */
export function createHttpServer(parts: HttpServerParts): FastifyInstance {
  const options = { forceCloseConnections: true }
  const server: FastifyInstance =
    parts.tls === undefined ? Fastify(options) : Fastify({ ...options, serverFactory: overTls(parts.tls) })
  // A body that is no JSON is a refusal of ours like any other, and comes after that of a missing signature.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
    done(null, fromJson(body)),
  )
  addWebhooks(server, parts)
  addDecisions(server, parts)
  addRates(server, parts)
  return server
}

function overTls(tls: { cert: string; key: string }): FastifyServerFactory {
  return (handler) => createServer({ ...tls, minVersion: 'TLSv1.2' }, handler)
}

function addWebhooks(server: FastifyInstance, parts: HttpServerParts): void {
  server.post('/webhooks', async (request, reply) => {
    const fault = faultOf(request, parts)
    if (fault !== null) {
      parts.journal.record(refusal(request.body, fault, reply.elapsedTime))
      return reply.code(401).send({ error: fault })
    }
    const cameAt = performance.now() - reply.elapsedTime
    const event = eventSchema.safeParse(request.body)
    if (!event.success) {
      parts.journal.record(refusal(request.body, 'not an event of Rafiki', reply.elapsedTime))
      return reply.code(400).send({ error: z.prettifyError(event.error) })
    }
    // Rafiki counts only a 200 within 2 s as delivered: first the answer, then the work.
    reply.raw.once('finish', () =>
      correlated(paymentIdOf(event.data), () => parts.taken({ ...event.data, cameAt })),
    )
    return reply.code(200).send()
  })
}

function faultOf(
  { body, headers }: FastifyRequest,
  { secret, windowMs, clock }: HttpServerParts,
): string | null {
  return webhookFault(body, headers['rafiki-signature'], { secret, windowMs, now: clock.now() })
}

function refusal(body: unknown, reason: string, ms: number) {
  const { id, type } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  return {
    kind: 'webhook',
    to: 'customer-ase',
    type: typeof type === 'string' ? type : '',
    id: typeof id === 'string' ? id : '',
    verdict: 'refused',
    reason,
    body: withoutSecrets(body ?? null),
    us: Math.round(ms * 1_000),
  } as const
}

// Who knows the payload, cryptogram and unpredictable number included, was party to the tap: that is the authorisation to ask.
function addDecisions(server: FastifyInstance, { store }: HttpServerParts): void {
  server.post('/card-decisions', async (request, reply) => {
    const enquiry = enquirySchema.safeParse(request.body)
    if (!enquiry.success) return reply.code(400).send({ error: z.prettifyError(enquiry.error) })
    const code = await store.find(enquiry.data.payload, enquiry.data.initiatedAt)
    if (code === undefined) return reply.code(404).send({})
    if (code === null) return { decision: 'approved', code: null, reason: null }
    return { decision: 'declined', code, reason: REASONS[code].text }
  })
}

function addRates(server: FastifyInstance, { rates }: HttpServerParts): void {
  server.get<{ Querystring: { base?: string } }>('/rates', async (request, reply) => {
    const { base = rates.base } = request.query
    return ratesFor(String(base), rates) ?? reply.code(404).send({ error: `no rates for ${base}` })
  })
}

function fromJson(text: string | Buffer): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return undefined
  }
}
