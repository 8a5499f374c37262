import { createHash, timingSafeEqual } from 'node:crypto'
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { Service } from '../../common/service.ts'
import { answered } from '../answered.ts'
import type { TerminalOffice } from '../terminals/terminal-office.ts'
import type { MerchantOffice } from './merchant-office.ts'
import { OFFICE_REASONS, refuse } from './office-answer.ts'
import { BODIES, readBody } from './office-requests.ts'

export interface OfficeServiceOptions {
  host: string
  port: number
  /** What the merchant ASE's own people show: `Authorization: Bearer …`. At least 16 characters. */
  secret: string
  merchants: MerchantOffice
  /** Asked for when it is needed: its keys may not be open yet. */
  terminals: () => Promise<TerminalOffice>
  journal: Journal
}

type Run = (id: string, body: unknown) => Promise<Record<string, unknown>>
type Route = readonly [method: 'GET' | 'POST' | 'PUT', path: string, run: Run]

// Certification authority keys of every scheme fit into a terminal's settings.
const BODY_LIMIT = 1024 * 1024
/** Characters. */
export const SHORTEST_SECRET = 16

/** The API of the merchant ASE's own people: merchants, and the terminals that are theirs. Not started yet. Throws a RangeError. */
export function officeService(options: OfficeServiceOptions): Service {
  const { host, port, secret } = options
  if (secret.length < SHORTEST_SECRET)
    throw new RangeError(`expected a secret of ${SHORTEST_SECRET} characters or more, got ${secret.length}`)
  const build = () => officeServer(options)
  return new Service({ name: "the merchant ASE's office", host, port, build })
}

function officeServer(options: OfficeServiceOptions) {
  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true })
  // Amounts are bigint inside, decimal texts outside.
  app.setReplySerializer((body) =>
    JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
  )
  for (const [method, url, run] of routesOf(options))
    app.route<{ Params: { id?: string } }>({
      method,
      url,
      handler: (request, reply) =>
        respond(reply, () => {
          expectSecret(request, options.secret)
          return run(request.params.id ?? '', request.body)
        }),
    })
  app.setErrorHandler((error, request, reply) => onError(error, request, reply, options))
  return app
}

/** What it is asked for, and who does it. */
export function routesOf({
  merchants,
  terminals,
}: Pick<OfficeServiceOptions, 'merchants' | 'terminals'>): Route[] {
  return [
    ['GET', '/merchants', async () => ({ merchants: await merchants.list() })],
    [
      'POST',
      '/merchants',
      async (_, body) => {
        const merchant = readBody(BODIES.merchant, body)
        await merchants.onboard(merchant)
        return { merchant: await merchants.find(merchant.id) }
      },
    ],
    ['GET', '/merchants/:id', async (id) => ({ merchant: await merchants.find(id) })],
    [
      'PUT',
      '/merchants/:id/wallets',
      async (id, body) => {
        await merchants.setWallets(id, readBody(BODIES.wallets, body).wallets)
        return { merchant: await merchants.find(id) }
      },
    ],
    [
      'PUT',
      '/merchants/:id/state',
      async (id, body) => {
        await merchants.setState(id, readBody(BODIES.merchantState, body).state)
        return { merchant: await merchants.find(id) }
      },
    ],
    [
      'POST',
      '/merchants/:id/activation-codes',
      async (id, body) => ({
        activationCode: await merchants.issueCode(id, readBody(BODIES.code, body).forMs),
      }),
    ],
    [
      'POST',
      '/devices',
      async (_, body) => {
        const { serial, model } = readBody(BODIES.device, body)
        await (await terminals()).allowDevice(serial, model)
        return { serial, model }
      },
    ],
    ['GET', '/terminals', async () => ({ terminals: await (await terminals()).list() })],
    [
      'PUT',
      '/terminals/:id/settings',
      async (id, body) => {
        const { settings } = readBody(BODIES.settings, body)
        await expectInService(terminals, id)
        return { version: await (await terminals()).configure(id, settings) }
      },
    ],
    [
      'POST',
      '/terminals/:id/rotation',
      async (id, body) => {
        const { emergency } = readBody(BODIES.rotation, body ?? {})
        await expectInService(terminals, id)
        const office = await terminals()
        await (emergency ? office.withdrawKeys(id) : office.demandRotation(id))
        return { terminalId: id }
      },
    ],
    [
      'PUT',
      '/terminals/:id/state',
      async (id, body) => {
        const { state } = readBody(BODIES.terminalState, body)
        await expectInService(terminals, id)
        await (await terminals()).retire(id, state)
        return { terminalId: id, state }
      },
    ],
  ]
}

async function expectInService(terminals: OfficeServiceOptions['terminals'], id: string): Promise<void> {
  const line = (await (await terminals()).list()).find(({ terminalId }) => terminalId === id)
  if (line?.state !== 'active') refuse('terminal_unknown', id)
}

/** Digests are compared, so that neither length nor content of the secret shows in the time it takes. */
function expectSecret({ headers }: FastifyRequest, secret: string): void {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  if (!timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${secret}`)))
    refuse('secret_wrong')
}

async function respond(reply: FastifyReply, run: () => Promise<Record<string, unknown>>): Promise<unknown> {
  const { status, body } = await answered(OFFICE_REASONS, async () => run())
  return reply.code(status).send(body)
}

async function onError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { journal, secret }: OfficeServiceOptions,
): Promise<unknown> {
  const { statusCode = 500 } = error as { statusCode?: number }
  if (statusCode < 500)
    return respond(reply, async () => {
      expectSecret(request, secret)
      return refuse('request_malformed', error instanceof Error ? error.message : String(error))
    })
  journal.record({ kind: 'fact', party: 'merchant-ase', text: `the office could not do this: ${error}` })
  return reply.code(500).send({ error: 'the merchant ASE broke' })
}
