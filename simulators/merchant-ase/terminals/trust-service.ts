import type { FastifyReply, FastifyRequest } from 'fastify'
import { once } from '../../common/once.ts'
import { Service } from '../../common/service.ts'
import { POS_API_DOCUMENTS } from '../openapi/served.ts'
import { type TextRoutes, type TlsIdentity, textServer } from '../text-server.ts'
import { Authority } from './authority.ts'
import { ConfigurationBook } from './configuration-book.ts'
import { ConfigurationDesk } from './configuration-desk.ts'
import { KeyBook } from './key-book.ts'
import { KeyDesk } from './key-desk.ts'
import { OnboardingDesk } from './onboarding-desk.ts'
import { identify, type Sender } from './sender.ts'
import { CertificateJudge, certificateShownOn } from './shown-certificate.ts'
import { TerminalOffice } from './terminal-office.ts'
import { answered, refuse, type TrustAnswer } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'

export interface TrustServiceOptions extends Omit<TrustContext, 'keys'> {
  host: string
  port: number
  /** Base URL terminals call and sign, when it is not the one listened on. */
  publicUrl?: string
  tls: TlsIdentity
  /** Opened when they are needed first: a program that onboards nobody need not wait for them. */
  keys: () => Promise<TrustContext['keys']>
  /** What else terminals ask for there: made with the base URL that they sign, and the judge of their certificates. */
  also?: (url: string, judge: () => Promise<CertificateJudge>) => Pick<TextRoutes, 'routes' | 'onError'>
}

/** The API by which devices become terminals and get their keys, over TLS; and the office behind it. */
export interface TrustService {
  /** Not started yet. */
  service: Service
  url: string
  /** Opens the keys when they are not open yet. */
  office: () => Promise<TerminalOffice>
  /** The root that devices are made with, DER. */
  root: () => Promise<Uint8Array>
}

type Request = FastifyRequest<{ Body: string }>
type Route = (request: Request) => Promise<Record<string, unknown>>

const PATHS = ['/onboarding', '/keys', '/keys/confirm', '/keys/status', '/configuration'] as const
type Path = (typeof PATHS)[number]

interface Desks {
  context: TrustContext
  routes: Record<Path, Route>
  office: TerminalOffice
  judge: CertificateJudge
}

export function trustService(options: TrustServiceOptions): TrustService {
  const { host, port, tls, journal } = options
  // The target URI that terminals sign is this program's own address, never what a Host header says it is.
  const url = options.publicUrl ?? `https://${host}:${port}`
  const desks = once(async () => desksOf({ ...options, keys: await options.keys() }, url))
  const own = PATHS.map((path) => [path, route(async (request) => (await desks()).routes[path](request))])
  const also = options.also?.(url, async () => (await desks()).judge)
  const routes = { ...Object.fromEntries(own), ...also?.routes }
  const onError = (error: unknown, reply: FastifyReply) => {
    if (also !== undefined && reply.request.url in also.routes) return also.onError(error, reply)
    const { statusCode = 500 } = error as { statusCode?: number }
    if (statusCode >= 500)
      journal.record({
        kind: 'fact',
        party: 'merchant-ase',
        text: `a request of a terminal could not be taken: ${error}`,
      })
    if (statusCode >= 500) return void reply.code(500).send({ error: 'the merchant ASE broke' })
    void malformed(error).then(({ status, body }) => reply.code(status).send(body))
  }
  const build = () => textServer({ routes, documents: POS_API_DOCUMENTS, onError, tls })
  return {
    service: new Service({ name: 'the API for terminals', host, port, build }),
    url,
    office: async () => (await desks()).office,
    root: async () => rootOf((await desks()).context),
  }
}

function desksOf(context: TrustContext, url: string): Desks {
  const authority = new Authority(context)
  const book = new KeyBook(context)
  const judge = new CertificateJudge(context.keys.authority, context.clock)
  const onboarding = new OnboardingDesk(context, authority)
  const keys = new KeyDesk(context, authority, book)
  const settings = new ConfigurationBook(context)
  const configuration = new ConfigurationDesk(context, authority, settings)
  const signed =
    (run: (sender: Sender, body: string) => Promise<Record<string, unknown>>): Route =>
    async ({ method, url: path, headers, body, raw }) => {
      const message = { method, url: `${url}${path}`, headers, body: body ?? '' }
      const shown = certificateShownOn(raw.socket)
      return run(await identify(message, shown, judge, context), message.body)
    }
  const routes = {
    '/onboarding': ({ body }: Request) => onboarding.take(body ?? ''),
    '/keys': signed((sender, body) => keys.send(sender, body)),
    '/keys/confirm': signed((sender, body) => keys.confirm(sender, body)),
    '/keys/status': signed((sender) => keys.status(sender)),
    '/configuration': signed((sender, body) => configuration.send(sender, body)),
  }
  const office = new TerminalOffice(context, { authority, book, settings })
  return { context, routes, judge, office }
}

function route(run: Route): TextRoutes['routes'][string] {
  return async (request, reply) => {
    const { status, body } = await answered(() => run(request))
    return reply.code(status).send(body)
  }
}

function rootOf({ keys: { authority } }: TrustContext): Uint8Array {
  const root = authority.at(-1) ?? authority[0]
  return new Uint8Array(root.raw)
}

// Fastify's own refusals: a body over the limit, headers that cannot be read.
function malformed(error: unknown): Promise<TrustAnswer> {
  return answered(async () =>
    refuse('request_malformed', error instanceof Error ? error.message : String(error)),
  )
}
