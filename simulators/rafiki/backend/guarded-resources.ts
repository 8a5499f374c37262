import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse } from './open-payments-refusal.ts'

interface Resource {
  method: 'GET' | 'POST'
  path: string
  /** Members that the body must have. */
  body?: readonly string[]
  /** Whether the request is checked against the OpenAPI description at all. */
  described?: boolean
}

// No grant opens them here: no auth server, and nothing on the card path asks for them.
const RESOURCES: readonly Resource[] = [
  { method: 'GET', path: '/:tenant/incoming-payments' },
  { method: 'POST', path: '/:tenant/incoming-payments/:id/complete' },
  { method: 'POST', path: '/:tenant/outgoing-payments', body: ['quoteId', 'walletAddress'] },
  { method: 'GET', path: '/:tenant/outgoing-payments' },
  { method: 'GET', path: '/:tenant/outgoing-payments/:id' },
  { method: 'POST', path: '/:tenant/quotes', body: ['walletAddress', 'receiver', 'method'] },
  { method: 'GET', path: '/:tenant/quotes/:id' },
  { method: 'GET', path: '/:tenant/outgoing-payment-grant', described: false },
]

/** The resources of Open Payments that need a grant: a request is checked as in Rafiki, and no grant suffices. */
export function guardedResources(app: FastifyInstance): void {
  for (const { method, path, ...check } of RESOURCES)
    app.route({ method, url: path, handler: async (request, reply) => guard(request, reply, check) })
}

/** Refuses a request as in Rafiki when no grant comes with it. */
export function guard(
  { headers, body }: FastifyRequest,
  reply: FastifyReply,
  { body: members = [], described = true }: Omit<Resource, 'method' | 'path'>,
): FastifyReply {
  const missing = described ? lacking(Object(body ?? {}), members, headers) : null
  if (missing !== null) return refuse(reply, 400, `Received error validating OpenAPI request: ${missing}`)
  return /^GNAP \S+$/.test(headers.authorization ?? '')
    ? refuse(reply, 403, 'Inactive Token')
    : refuse(reply, 401, 'Missing or invalid authorization header value')
}

function lacking(
  body: object,
  members: readonly string[],
  headers: FastifyRequest['headers'],
): string | null {
  const member = members.find((name) => !(name in body))
  if (member !== undefined) return `body must have required property '${member}'`
  const header = ['signature-input', 'signature'].find((name) => headers[name] === undefined)
  return header === undefined ? null : `must have required property '${header}'`
}
