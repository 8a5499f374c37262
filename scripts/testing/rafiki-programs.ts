import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parse, stringify } from 'yaml'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { ROOT } from '../../steps/bench/places.ts'
import { SIDES, type Side } from '../../steps/bench/plan.ts'

/** A pair of embedded Rafikis as programs of their own, and the profile and environment by which a bench finds them. */
export interface RafikiPrograms {
  /** YAML. */
  profile: string
  /** The secrets. */
  env: Record<string, string>
}

const PROGRAM = join(ROOT, 'simulators/rafiki/main.ts')
const HOST: Record<Side, string> = { merchant: 'shop.example', customer: 'wallet.example' }
const ILP: Record<Side, string> = { merchant: 'test.shop', customer: 'test.wallet' }
const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'
const PORTS_OF_SIDE = 6

/** Starts both programs on free ports and waits until they listen; they end with the test. */
export async function startRafikiPrograms(t: TestContext): Promise<RafikiPrograms> {
  const free = await freePorts(2 * PORTS_OF_SIDE)
  const env = Object.fromEntries(SECRETS.map((name) => [name, randomBytes(32).toString('base64')]))
  const ports = {
    merchant: portsOf(free.slice(0, PORTS_OF_SIDE)),
    customer: portsOf(free.slice(PORTS_OF_SIDE)),
  }
  const children = SIDES.map((side) => startProgram(t, PROGRAM, variables(side, ports, env)))
  await Promise.all(children.map(listening))
  return { profile: await profileOf(ports), env }
}

const SECRETS = SIDES.flatMap((side) => [secretName(side, 'ADMIN_API'), secretName(side, 'WEBHOOK')])

function secretName(side: Side, of: 'ADMIN_API' | 'WEBHOOK'): string {
  return `TAPBENCH_${side.toUpperCase()}_${of}_SECRET`
}

type Ports = ReturnType<typeof portsOf>

function portsOf([admin = 0, openPayments = 0, ilp = 0, card = 0, pos = 0, ase = 0]: number[]) {
  return { admin, openPayments, ilp, card, pos, ase }
}

function at(port: number): string {
  return `http://127.0.0.1:${port}`
}

function variables(
  side: Side,
  ports: Record<Side, Ports>,
  env: Record<string, string>,
): Record<string, string> {
  const { admin, openPayments, ilp, card, pos, ase } = ports[side]
  return {
    PARTY: `rafiki-${side}`,
    HOSTS: SIDES.map((one) => `${HOST[one]}=${at(ports[one].openPayments)}`).join(' '),
    ADMIN_PORT: `${admin}`,
    OPEN_PAYMENTS_PORT: `${openPayments}`,
    CONNECTOR_PORT: `${ilp}`,
    CARD_SERVICE_PORT: `${card}`,
    PORT: `${pos}`,
    OPERATOR_TENANT_ID: TENANT,
    ADMIN_API_SECRET: env[secretName(side, 'ADMIN_API')] ?? '',
    SIGNATURE_SECRET: env[secretName(side, 'WEBHOOK')] ?? '',
    WEBHOOK_URL: `${at(ase)}/webhooks`,
    EXCHANGE_RATES_URL: `${at(ports.customer.ase)}/rates`,
    OPEN_PAYMENTS_URL: `https://${HOST[side]}`,
    ILP_ADDRESS: ILP[side],
  }
}

/** Starts a program of the simulators; it ends with the test. */
export function startProgram(t: TestContext, program: string, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(async () => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  return child
}

/** Waits until its log says where it listens; the rest is nobody's, but a full pipe would stop it. */
export async function listening(child: ChildProcess): Promise<void> {
  const early = once(child, 'exit').then(([code]) => {
    throw new Error(`expected a program to start, it ended with ${code}`)
  })
  early.catch(() => undefined)
  const { stdout } = child
  let said = ''
  stdout?.on('data', (chunk) => {
    said += chunk
  })
  while (stdout !== null && !/http:\/\/127\.0\.0\.1:/.test(said))
    await Promise.race([once(stdout, 'data'), early])
  stdout?.removeAllListeners('data').resume()
}

/** The example of the fixtures, at the ports of these programs. */
async function profileOf(ports: Record<Side, Ports>): Promise<string> {
  const profile = parse(await readFile(join(ROOT, 'fixtures/profiles/external.yaml'), 'utf8'))
  for (const side of SIDES) {
    const { admin, openPayments, ilp, card, pos, ase } = ports[side]
    Object.assign(profile.rafiki[side], {
      adminUrl: `${at(admin)}/graphql`,
      openPaymentsUrl: at(openPayments),
      ...(side === 'merchant' ? { pointOfSaleUrl: at(pos) } : { cardServiceUrl: at(card) }),
      authUrl: null,
      ilp: { address: ILP[side], endpoint: at(ilp) },
      ase: { port: ase, url: at(ase) },
    })
  }
  return stringify(profile)
}
