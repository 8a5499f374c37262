import type { FastifyReply, FastifyRequest } from 'fastify'
import { Service } from '../../common/service.ts'
import { type TlsIdentity, textServer } from '../text-server.ts'
import { Authority } from './authority.ts'
import { KeyBook } from './key-book.ts'
import { KeyDesk } from './key-desk.ts'
import { OnboardingDesk } from './onboarding-desk.ts'
import { identify, type Sender } from './sender.ts'
import { TerminalOffice } from './terminal-office.ts'
import { answered, refuse, type TrustAnswer } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'

export interface TrustServiceOptions extends TrustContext {
  host: string
  port: number
  tls: TlsIdentity
}

type Request = FastifyRequest<{ Body: string }>

/** The API by which devices become terminals and get their keys, over TLS; and the office behind it. Not started yet. */
export function trustService(options: TrustServiceOptions): {
  service: Service
  url: string
  office: TerminalOffice
} {
  const { host, port, tls, journal } = options
  // The target URI that terminals sign is this program's own address, never what a Host header says it is.
  const url = `https://${host}:${port}`
  const authority = new Authority(options)
  const book = new KeyBook(options)
  const onboarding = new OnboardingDesk(options, authority)
  const keys = new KeyDesk(options, authority, book)
  const signed = (run: (sender: Sender, body: string) => Promise<Record<string, unknown>>) =>
    route(async ({ method, url: path, headers, body }) => {
      const message = { method, url: `${url}${path}`, headers, body: body ?? '' }
      return run(await identify(message, options), message.body)
    })
  const routes = {
    '/onboarding': route(({ body }) => onboarding.take(body ?? '')),
    '/keys': signed((sender, body) => keys.send(sender, body)),
    '/keys/confirm': signed((sender, body) => keys.confirm(sender, body)),
    '/keys/status': signed((sender) => keys.status(sender)),
  }
  const onError = (error: unknown, reply: FastifyReply) => {
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
  const build = () => textServer({ routes, onError, tls })
  const service = new Service({ name: 'the API for terminals', host, port, build })
  return { service, url, office: new TerminalOffice(options, authority, book) }
}

function route(run: (request: Request) => Promise<Record<string, unknown>>) {
  return async (request: Request, reply: FastifyReply): Promise<unknown> => {
    const { status, body } = await answered(() => run(request))
    return reply.code(status).send(body)
  }
}

// Fastify's own refusals: a body over the limit, headers that cannot be read.
function malformed(error: unknown): Promise<TrustAnswer> {
  return answered(async () =>
    refuse('request_malformed', error instanceof Error ? error.message : String(error)),
  )
}
