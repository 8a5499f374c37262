import { Agent, request } from 'undici'
import type { Container, Engine } from './engine.ts'
import { ContainersError } from './mends.ts'
import { redacted } from './redacted.ts'
import { type ComposedService, SERVICES } from './services.ts'
import type { Variables } from './variables.ts'

/** How long to wait and how; in milliseconds. */
export interface Patience {
  limitMs: number
  now(): number
  pause(): Promise<void>
  /** Whether the URL answers 200. */
  healthy(url: string): Promise<boolean>
}

const PAUSE_MS = 500
const ASK_MS = 2_000

/** Three minutes by the machine's clock: databases are made and brought up to date meanwhile. */
export function patience(): Patience {
  return {
    limitMs: 180_000,
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)),
    healthy,
  }
}

async function healthy(url: string): Promise<boolean> {
  const dispatcher = new Agent()
  try {
    const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(ASK_MS), dispatcher })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  } finally {
    await dispatcher.close()
  }
}

interface Lack {
  service: ComposedService
  container: Container | undefined
}

/** Waits until every service runs and answers; throws a ContainersError that tells of the first that does not, with its last lines. */
export async function waitUntilReady(
  engine: Engine,
  variables: Variables,
  { limitMs, now, pause, healthy }: Patience,
): Promise<void> {
  const deadline = now() + limitMs
  for (;;) {
    const lacks = await lacking(engine, variables, healthy)
    const [first] = lacks
    if (first === undefined) return
    if (now() >= deadline) throw await fault(first, lacks, variables, limitMs)
    await pause()
  }
}

async function lacking(engine: Engine, variables: Variables, healthy: Patience['healthy']): Promise<Lack[]> {
  const containers = await engine.containers()
  const looks = SERVICES.map(async (service): Promise<Lack[]> => {
    const container = containers.find(({ service: name }) => name === service.name)
    const well = container?.state === 'running' && (await answers(service, variables, healthy))
    return well ? [] : [{ service, container }]
  })
  return (await Promise.all(looks)).flat()
}

async function answers(
  { port }: ComposedService,
  variables: Variables,
  healthy: Patience['healthy'],
): Promise<boolean> {
  return port === null || healthy(`http://127.0.0.1:${variables[port]}/healthz`)
}

const LAST_LINES = 8

async function fault(
  { service, container }: Lack,
  lacks: readonly Lack[],
  variables: Variables,
  limitMs: number,
): Promise<ContainersError> {
  const names = lacks.map(({ service }) => service.name).join(', ')
  const state = container === undefined ? 'it has no container' : `its container is ${container.state}`
  const said = redacted((await container?.logs(0)) ?? '', variables)
    .trimEnd()
    .split('\n')
    .slice(-LAST_LINES)
  return new ContainersError(
    `expected every service of docker-compose.yml within ${limitMs / 1_000} s, lacking: ${names}; ${service.name}: ${state}, its last words:\n${said.join('\n')}\n`,
    `see ${service.port ?? service.name} and what ${service.name} is told in docker-compose.yml; tapbench rafiki down, then up, begins with nothing`,
  )
}
