import fastify, { type FastifyError, type FastifyInstance } from 'fastify'

/** A server as Rafiki's services are: bodies up to 1 MB, idle connections closed after 5 s, errors as the status phrase in plain text. */
export function plainServer(routes: (app: FastifyInstance) => void): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, keepAliveTimeout: 5_000, bodyLimit: 1_048_576 })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, {}))
  app.get('/healthz', (_request, reply) => reply.type(TEXT).send('OK'))
  app.setNotFoundHandler((_request, reply) => reply.code(404).type(TEXT).send('Not Found'))
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500
    return reply
      .code(status)
      .type(TEXT)
      .send(PHRASES[status] ?? 'Internal Server Error')
  })
  routes(app)
  return app
}

export const TEXT = 'text/plain; charset=utf-8'
const PHRASES: Record<number, string> = { 400: 'Bad Request', 413: 'request entity too large' }
