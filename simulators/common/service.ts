import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

export interface ServiceOptions {
  /** For messages: `Rafiki's point-of-sale`. */
  name: string
  host: string
  /** 0 lets the system choose; that port it has from then on. */
  port: number
  /** Whether what `build` makes speaks TLS; default no. */
  isTls?: boolean
  /** Makes the server with its routes; called at every start. */
  build: () => FastifyInstance
}

/** One listening port that can be closed and opened again, as a program that goes down and comes back. */
export class Service {
  readonly #options: ServiceOptions
  #port: number
  #app: FastifyInstance | null = null

  constructor(options: ServiceOptions) {
    this.#options = options
    this.#port = options.port
  }

  get url(): string {
    const { host, isTls = false } = this.#options
    return `${isTls ? 'https' : 'http'}://${host}:${this.#port}`
  }

  get listening(): boolean {
    return this.#app !== null
  }

  /** Throws when the port is closed: for those of the same program who would otherwise call it over HTTP. */
  requireOpen(): void {
    if (!this.listening) throw new Error(`${this.#options.name} is stopped`)
  }

  /** Opens the port; nothing happens when it is open. Throws when something else listens there. */
  async start(): Promise<void> {
    if (this.#app !== null) return
    const { name, host, build } = this.#options
    const port = this.#port
    const app = build()
    await app.listen({ host, port }).catch((cause: unknown) => {
      throw new Error(
        `expected to open ${host}:${port} for ${name}, got: ${String(cause)}; give it a free port`,
        { cause },
      )
    })
    this.#port = (app.server.address() as AddressInfo).port
    this.#app = app
  }

  /** Closes the port and cuts every connection; harmless when it is closed. */
  async stop(): Promise<void> {
    const app = this.#app
    this.#app = null
    await app?.close()
  }
}
