import { createServer } from 'node:https'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'

export interface TextRoutes {
  /** Called with each POST; the body is the text that came, since signatures are over it. */
  routes: Record<string, (request: FastifyRequest<{ Body: string }>, reply: FastifyReply) => Promise<unknown>>
  /** JSON documents that anybody may GET, by path; made when they are asked for. */
  documents?: Record<string, () => unknown>
  /** Called when a request does not even reach its route, or when the route throws. */
  onError: (error: unknown, reply: FastifyReply) => void
  /** With it the server speaks TLS. */
  tls?: TlsIdentity
}

/** What a server shows of itself: PEM. */
export interface TlsIdentity {
  /** The server's certificate, then its issuers. */
  cert: string
  key: string
}

const BODY_LIMIT = 64 * 1024
// Clients are asked for a certificate. What it is worth the route says, with a reason, and by the clock of this program.
const MUTUAL = { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const

/** A server for signed requests: bodies are text of at most 64 KB. */
export function textServer({ routes, documents = {}, onError, tls }: TextRoutes): FastifyInstance {
  const options = { logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true }
  const app: FastifyInstance =
    tls === undefined
      ? fastify(options)
      : fastify({ ...options, serverFactory: (handler) => createServer({ ...tls, ...MUTUAL }, handler) })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  for (const [path, handle] of Object.entries(routes)) app.post<{ Body: string }>(path, handle)
  for (const [path, make] of Object.entries(documents)) app.get(path, async () => make())
  app.setErrorHandler((error, _request, reply) => onError(error, reply))
  return app
}
