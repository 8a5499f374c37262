import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'

export interface TextRoutes {
  /** Called with each POST; the body is the text that came, since signatures are over it. */
  routes: Record<string, (request: FastifyRequest<{ Body: string }>, reply: FastifyReply) => Promise<unknown>>
  /** Called when a request does not even reach its route, or when the route throws. */
  onError: (error: unknown, reply: FastifyReply) => void
}

const BODY_LIMIT = 64 * 1024

/** A server for signed requests: bodies are text of at most 64 KB. */
export function textServer({ routes, onError }: TextRoutes): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
  for (const [path, handle] of Object.entries(routes)) app.post<{ Body: string }>(path, handle)
  app.setErrorHandler((error, _request, reply) => onError(error, reply))
  return app
}
