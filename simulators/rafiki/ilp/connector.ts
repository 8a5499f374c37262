import type { FastifyInstance } from 'fastify'
import { deserializeIlpPrepare, type IlpPrepare, serializeIlpFulfill, serializeIlpReject } from 'ilp-packet'
import type { Backend } from '../backend/backend.ts'
import type { IncomingPayment } from '../backend/incoming-payments.ts'
import type { Peer } from '../backend/peers.ts'
import type { Settings } from '../config.ts'
import { TEXT } from '../plain-server.ts'
import { type Receivable, type Refused, receive, rejectOf } from './receiver.ts'

const OCTETS = 'application/octet-stream'

/** ILP over HTTP (RFC 35): packets of peers, known by their bearer token, for payments of this instance. */
export function connectorRoutes(app: FastifyInstance, settings: Settings, backend: Backend): void {
  app.addContentTypeParser(OCTETS, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  // Rafiki's connector looks at neither method nor path.
  app.all('/*', async (request, reply) => {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const peer = token === undefined ? null : backend.peers.byToken(token)
    if (peer === null) {
      const text =
        token === undefined
          ? 'Bearer token required in Authorization header'
          : 'Access Denied - Invalid Token'
      return reply.code(401).type(TEXT).send(text)
    }
    if (!Buffer.isBuffer(request.body))
      return reply.code(400).type(TEXT).send(`Expected Content-Type of ${OCTETS}`)
    return reply.type(OCTETS).send(await answer(request.body, peer, settings, backend))
  })
}

async function answer(octets: Buffer, peer: Peer, settings: Settings, backend: Backend): Promise<Buffer> {
  const prepare = read(octets)
  const result =
    prepare === null
      ? { code: 'F01', message: 'not an ILP Prepare packet' }
      : await accept(prepare, peer, settings, backend)
  return 'fulfill' in result
    ? serializeIlpFulfill(result.fulfill)
    : serializeIlpReject(rejectOf(result, settings.ilpAddress))
}

async function accept(
  prepare: IlpPrepare,
  peer: Peer,
  settings: Settings,
  backend: Backend,
): Promise<Receivable | Refused> {
  const refused = refusedAtOnce(prepare, peer, settings.clock.now())
  if (refused !== null) return refused
  const found = backend.credentials.find(prepare.destination)
  const payment = found === null ? null : backend.incomingPayments.get(found.paymentId)
  if (found === null || payment === null) return { code: 'F02', message: 'unknown destination account' }
  const rate = await backend.rates.forPacket(peer.asset, payment.asset)
  if (rate === null) return { code: 'F07', message: 'Exchange rate error: InvalidDestinationPrice' }
  const source = BigInt(prepare.amount)
  const destination = rate === 1 ? source : BigInt(Math.floor(Number(source) * rate))
  const received = receive(prepare, destination, found.sharedSecret, settings.random)
  return 'fulfill' in received ? (book(peer, payment, source, destination, backend) ?? received) : received
}

/** Moves the money from the peer to the payment; what stands against it, else null. */
function book(
  peer: Peer,
  payment: IncomingPayment,
  source: bigint,
  destination: bigint,
  backend: Backend,
): Refused | null {
  if (payment.state === 'COMPLETED' || payment.state === 'EXPIRED')
    return { code: 'F02', message: 'destination account is in an incorrect state' }
  const held = backend.ledger.hold({ from: peer, to: payment, source, destination })
  if (typeof held === 'string') return { code: 'T04', message: held }
  held.post()
  if (destination > 0n) backend.incomingPayments.credited(payment)
  return null
}

function refusedAtOnce(prepare: IlpPrepare, { maxPacketAmount }: Peer, now: number): Refused | null {
  if (prepare.expiresAt.getTime() <= now) return { code: 'R00', message: 'packet expired' }
  if (maxPacketAmount !== null && BigInt(prepare.amount) > maxPacketAmount)
    return { code: 'F08', message: `packet amount exceeds ${maxPacketAmount}` }
  return null
}

function read(octets: Buffer): IlpPrepare | null {
  try {
    return deserializeIlpPrepare(octets)
  } catch {
    return null
  }
}
