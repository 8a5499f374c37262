import fastify, { type FastifyError, type FastifyInstance } from 'fastify'

export interface ServiceOptions {
  /** For messages: `point-of-sale`. */
  name: string
  host: string
  port: number
  /** Adds the routes; called at every start. */
  routes: (app: FastifyInstance) => void
}

/** One listening port that can be closed and opened again, as when a container is stopped and started. */
export class Service {
  readonly #options: ServiceOptions
  #app: FastifyInstance | null = null

  constructor(options: ServiceOptions) {
    this.#options = options
  }

  get url(): string {
    return `http://${this.#options.host}:${this.#options.port}`
  }

  get listening(): boolean {
    return this.#app !== null
  }

  /** Throws when the port is closed: for those of the instance who would otherwise call it over HTTP. */
  requireOpen(): void {
    if (!this.listening) throw new Error(`Rafiki's ${this.#options.name} is stopped`)
  }

  /** Opens the port; nothing happens when it is open. Throws when something else listens there. */
  async start(): Promise<void> {
    if (this.#app !== null) return
    const { name, host, port, routes } = this.#options
    const app = plainServer()
    routes(app)
    await app.listen({ host, port }).catch((cause: unknown) => {
      throw new Error(`expected to open ${host}:${port} for Rafiki's ${name}, got: ${String(cause)}`, {
        cause,
      })
    })
    this.#app = app
  }

  /** Closes the port and cuts every connection. */
  async stop(): Promise<void> {
    const app = this.#app
    this.#app = null
    await app?.close()
  }
}

// Rafiki's own: bodies up to 1 MB, idle connections closed after 5 s, errors as the status phrase in plain text.
function plainServer(): FastifyInstance {
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
  return app
}

export const TEXT = 'text/plain; charset=utf-8'
const PHRASES: Record<number, string> = { 400: 'Bad Request', 413: 'request entity too large' }
