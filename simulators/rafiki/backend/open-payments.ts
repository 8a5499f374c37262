import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isUuid } from '../../common/uuid.ts'
import type { Settings } from '../config.ts'
import { TEXT } from '../plain-server.ts'
import { type Amount, amountJson, amountOf } from './assets.ts'
import type { Backend } from './backend.ts'
import { guard, guardedResources } from './guarded-resources.ts'
import type { IncomingPayment } from './incoming-payments.ts'
import { refuse } from './open-payments-refusal.ts'
import { Refusal } from './refusals.ts'
import type { WalletAddress } from './wallet-addresses.ts'

/** Open Payments: wallet address documents and keys, and incoming payments for those who may see them. */
export function openPaymentsRoutes(app: FastifyInstance, settings: Settings, backend: Backend): void {
  app.get<{ Params: { tenant: string; id: string } }>(
    '/:tenant/incoming-payments/:id',
    async (request, reply) => incomingPayment(request.params, request, reply, { settings, backend }),
  )
  app.post<{ Body: unknown }>('/:tenant/incoming-payments', async (request, reply) =>
    isFromPeer(request, backend)
      ? openIncomingPayment(request.body, reply, backend)
      : guard(request, reply, { body: ['walletAddress'] }),
  )
  guardedResources(app)
  app.get('/', (_request, reply) => reply.callNotFound())
  app.get('/*', async (request, reply) => {
    if (!acceptsJson(request.headers.accept)) return notAcceptable(reply)
    const url = `https://${request.headers.host ?? ''}${pathOf(request.url)}`
    return url.endsWith(KEYS)
      ? keys(url.slice(0, -KEYS.length), reply, backend)
      : document(url, reply, { settings, backend })
  })
}

const KEYS = '/jwks.json'

interface Parts {
  settings: Settings
  backend: Backend
}

function pathOf(url: string): string {
  const path = url.split('?')[0] ?? '/'
  return path.endsWith('/') ? path.slice(0, -1) : path
}

function acceptsJson(accept = '*/*'): boolean {
  return accept.split(',').some((range) => /^\s*(\*\/\*|application\/(\*|json))\s*(;|$)/.test(range))
}

function notAcceptable(reply: FastifyReply): FastifyReply {
  return refuse(reply, 406, 'Received error validating OpenAPI request: Must accept application/json')
}

function document(url: string, reply: FastifyReply, { settings, backend }: Parts) {
  const walletAddress = backend.walletAddresses.byUrl(url)
  return walletAddress?.active
    ? walletAddressDocument(walletAddress, settings)
    : refuse(reply, 404, 'Could not get wallet address', { walletAddressUrl: url })
}

// An ASE may make the wallet address when it hears of the event; Rafiki waits 1.5 s for that.
function keys(url: string, reply: FastifyReply, { walletAddresses, keys, webhooks }: Backend) {
  const walletAddress = walletAddresses.byUrl(url)
  if (walletAddress === null) webhooks.emit('wallet_address.not_found', { walletAddressUrl: url }, ['ase'])
  if (!walletAddress?.active)
    return refuse(reply, 404, 'Could not get wallet address', { walletAddressUrl: url })
  const valid = keys.of(walletAddress.id).filter((key) => !key.revoked)
  return { keys: valid.map(({ jwk }) => jwk) }
}

function incomingPayment(
  { tenant, id }: { tenant: string; id: string },
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { settings, backend }: Parts,
) {
  if (!isUuid(id) || !isUuid(tenant)) return reply.code(500).type(TEXT).send('Internal Server Error')
  const payment = tenant === settings.tenantId ? backend.incomingPayments.get(id) : null
  if (payment === null) return unknownPayment(reply, id)
  const token = /^GNAP (\S+)$/.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) return publicDocument(payment, settings)
  return backend.peers.byToken(token) === null
    ? refuse(reply, 403, 'Inactive Token')
    : privateDocument(payment, backend)
}

// The token of an ILP peer stands for a grant, which whoever asks for an incoming payment gets from an auth server.
function isFromPeer({ headers }: Pick<FastifyRequest, 'headers'>, { peers }: Backend): boolean {
  const token = /^GNAP (\S+)$/.exec(headers.authorization ?? '')?.[1]
  return token !== undefined && peers.byToken(token) !== null
}

const newIncomingPayment = z.object({
  walletAddress: z.string(),
  incomingAmount: z
    .object({ value: z.string().regex(/^\d{1,19}$/), assetCode: z.string(), assetScale: z.number() })
    .transform((amount): Amount => ({ ...amount, value: BigInt(amount.value) }))
    .optional(),
  expiresAt: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})

function openIncomingPayment(body: unknown, reply: FastifyReply, backend: Backend) {
  const read = newIncomingPayment.safeParse(body)
  if (!read.success) return refuse(reply, 400, `Received error validating OpenAPI request: ${read.error}`)
  const { walletAddress: url, incomingAmount = null, expiresAt = null, metadata = null } = read.data
  const walletAddress = backend.walletAddresses.byUrl(url)
  if (walletAddress === null) return refuse(reply, 404, 'Could not get wallet address')
  try {
    const order = { walletAddressId: walletAddress.id, incomingAmount, expiresAt, metadata }
    const payment = backend.incomingPayments.create(order)
    return reply.code(201).send(privateDocument(payment, backend))
  } catch (error) {
    if (error instanceof Refusal) return refuse(reply, 400, error.message)
    throw error
  }
}

function walletAddressDocument(
  { address, publicName, asset, additionalProperties }: WalletAddress,
  { openPaymentsUrl, tenantId, cardServiceUrl }: Settings,
): Record<string, unknown> {
  const visible = additionalProperties.filter((property) => property.visibleInOpenPayments)
  return {
    id: address,
    publicName,
    assetCode: asset.code,
    assetScale: asset.scale,
    authServer: `${openPaymentsUrl}/auth/${tenantId}`,
    resourceServer: `${openPaymentsUrl}/${tenantId}`,
    cardService: cardServiceUrl.endsWith('/') ? cardServiceUrl : `${cardServiceUrl}/`,
    ...(visible.length === 0
      ? {}
      : { additionalProperties: Object.fromEntries(visible.map(({ key, value }) => [key, value])) }),
  }
}

function publicDocument({ credited, asset }: IncomingPayment, settings: Settings): Record<string, unknown> {
  return {
    receivedAmount: amountJson(amountOf(credited, asset)),
    authServer: `${settings.openPaymentsUrl}/auth/${settings.tenantId}`,
  }
}

function privateDocument(
  payment: IncomingPayment,
  { incomingPayments, credentials }: Backend,
): Record<string, unknown> {
  const { incomingAmount, credited, asset, metadata, state } = payment
  const ended = state === 'COMPLETED' || state === 'EXPIRED'
  return {
    id: incomingPayments.url(payment),
    walletAddress: payment.walletAddress.address,
    ...(incomingAmount === null ? {} : { incomingAmount: amountJson(amountOf(incomingAmount, asset)) }),
    receivedAmount: amountJson(amountOf(credited, asset)),
    completed: state === 'COMPLETED',
    ...(metadata === null ? {} : { metadata }),
    createdAt: new Date(payment.createdAt).toISOString(),
    expiresAt: new Date(payment.expiresAt).toISOString(),
    methods: ended ? [] : [ilpMethod(credentials.issue(payment.id))],
  }
}

function ilpMethod({ ilpAddress, sharedSecret }: { ilpAddress: string; sharedSecret: Uint8Array }): {
  type: 'ilp'
  ilpAddress: string
  sharedSecret: string
} {
  return { type: 'ilp', ilpAddress, sharedSecret: Buffer.from(sharedSecret).toString('base64url') }
}

// Rafiki looks for the wallet address of a payment before anything else, to know whose grant must be shown.
function unknownPayment(reply: FastifyReply, id: string): FastifyReply {
  const details = { description: 'Failed to get wallet address from incoming payment', id }
  return refuse(reply, 401, 'Unauthorized', details)
}
