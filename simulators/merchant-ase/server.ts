import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'

export interface ServerOptions {
  host: string
  port: number
  /** Called with each POST; the body is the text that came, since signatures are over it. */
  routes: Record<string, (request: FastifyRequest<{ Body: string }>, reply: FastifyReply) => Promise<unknown>>
  /** Called when a request does not even reach its route, or when the route throws. */
  onError: (error: unknown, reply: FastifyReply) => void
}

const BODY_LIMIT = 64 * 1024

/** A listening port that can be shut and opened again, as a service that goes down and comes back. */
export class Server {
  readonly #options: ServerOptions
  #app: FastifyInstance | null = null

  constructor(options: ServerOptions) {
    this.#options = options
  }

  get url(): string {
    return `http://${this.#options.host}:${this.#options.port}`
  }

  /** Throws when the port is taken; the message names it. */
  async start(): Promise<void> {
    if (this.#app !== null) return
    const { host, port } = this.#options
    const app = this.#build()
    try {
      await app.listen({ host, port })
    } catch (error) {
      throw new Error(`expected to listen on ${host}:${port}, got: ${String(error)}; give it a free port`, {
        cause: error,
      })
    }
    this.#app = app
  }

  /** Shuts the port and cuts the connections; harmless when it is shut. */
  async stop(): Promise<void> {
    const app = this.#app
    this.#app = null
    await app?.close()
  }

  #build(): FastifyInstance {
    const { routes, onError } = this.#options
    const app = fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body)
    for (const [path, handle] of Object.entries(routes)) app.post<{ Body: string }>(path, handle)
    app.setErrorHandler((error, _request, reply) => onError(error, reply))
    return app
  }
}
