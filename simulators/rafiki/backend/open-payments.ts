import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isUuid } from '../../common/uuid.ts'
import type { Settings } from '../config.ts'
import { TEXT } from '../plain-server.ts'
import { amountJson, amountOf } from './assets.ts'
import type { Backend } from './backend.ts'
import { guardedResources } from './guarded-resources.ts'
import type { IncomingPayment } from './incoming-payments.ts'
import { refuse } from './open-payments-refusal.ts'
import type { WalletAddress } from './wallet-addresses.ts'

/** Open Payments: wallet address documents and keys, and incoming payments for those who may see them. */
export function openPaymentsRoutes(app: FastifyInstance, settings: Settings, backend: Backend): void {
  app.get<{ Params: { tenant: string; id: string } }>(
    '/:tenant/incoming-payments/:id',
    async (request, reply) => incomingPayment(request.params, request, reply, { settings, backend }),
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
