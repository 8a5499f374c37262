import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Settings } from '../config.ts'
import { amountJson, amountOf } from './assets.ts'
import type { Backend } from './backend.ts'
import type { IncomingPayment } from './incoming-payments.ts'
import type { WalletAddress } from './wallet-addresses.ts'

/** Open Payments: wallet address documents, and incoming payments for those who may see them. */
export function openPaymentsRoutes(app: FastifyInstance, settings: Settings, backend: Backend): void {
  app.get<{ Params: { id: string } }>(
    `/${settings.tenantId}/incoming-payments/:id`,
    async (request, reply) => {
      const payment = backend.incomingPayments.get(request.params.id)
      if (payment === null) return unknownPayment(reply, request.params.id)
      const token = /^GNAP (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
      const known = token !== undefined && backend.peers.byToken(token) !== null
      return known ? privateDocument(payment, backend) : publicDocument(payment, settings)
    },
  )
  app.get('/', (_request, reply) => reply.callNotFound())
  app.get('/*', async (request, reply) => {
    const url = `https://${request.headers.host ?? ''}${request.url.split('?')[0]}`
    const walletAddress = backend.walletAddresses.byUrl(url)
    return walletAddress?.active
      ? walletAddressDocument(walletAddress, settings)
      : notFound(reply, 'Could not get wallet address', { walletAddressUrl: url })
  })
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

function publicDocument({ received, asset }: IncomingPayment, settings: Settings): Record<string, unknown> {
  return {
    receivedAmount: amountJson(amountOf(received, asset)),
    authServer: `${settings.openPaymentsUrl}/auth/${settings.tenantId}`,
  }
}

function privateDocument(
  payment: IncomingPayment,
  { incomingPayments, credentials }: Backend,
): Record<string, unknown> {
  const { incomingAmount, received, asset, metadata, state } = payment
  const ended = state === 'COMPLETED' || state === 'EXPIRED'
  return {
    id: incomingPayments.url(payment),
    walletAddress: payment.walletAddress.address,
    ...(incomingAmount === null ? {} : { incomingAmount: amountJson(amountOf(incomingAmount, asset)) }),
    receivedAmount: amountJson(amountOf(received, asset)),
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
  return reply.code(401).send({ error: { code: '401', description: 'Unauthorized', details } })
}

function notFound(reply: FastifyReply, description: string, details: Record<string, string>): FastifyReply {
  return reply.code(404).send({ error: { code: '404', description, details } })
}
