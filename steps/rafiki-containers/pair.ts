import { type Container, connectEngine, type Engine } from './engine.ts'
import { ContainersError, composeFault } from './mends.ts'
import { type Patience, patience, waitUntilReady } from './ready.ts'
import { redacted } from './redacted.ts'
import { SERVICES, type ServiceName } from './services.ts'
import type { Variables } from './variables.ts'

/** The containers of docker-compose.yml while somebody uses them. */
export interface ContainerPair {
  /** What each service wrote since a moment, milliseconds since 1970; without secrets. */
  logs(since: number): Promise<Record<string, string>>
  /** Ends one of them. */
  stop(service: ServiceName): Promise<void>
  /** Starts one that was stopped, if it was, and waits until every service answers. */
  start(service: ServiceName): Promise<void>
  /** Ends them, unless they ran before. */
  close(): Promise<void>
}

export interface PairOptions {
  engine: Engine
  variables: Variables
  patience: Patience
}

/**
 * Starts what does not run of the pair, and waits until every service answers. A pair that ran before, or some of it, is left running by
 * `close`. Throws a ContainersError that names the service and what to do; then nothing that was started here is left running.
 */
export async function openPair({ engine, variables, patience }: PairOptions): Promise<ContainerPair> {
  const before = (await engine.containers()).filter(isRunning)
  const ours = before.length === 0
  const close = async (): Promise<void> => {
    if (ours) await engine.down()
  }
  try {
    if (before.length < SERVICES.length) await start(engine, variables)
    await waitUntilReady(engine, variables, patience)
  } catch (error) {
    await close()
    throw error
  }
  return {
    close,
    logs: (since) => logsOf(engine, since, variables),
    stop: async (service) => (await containerOf(engine, service)).stop(),
    start: async (service) => {
      const container = await containerOf(engine, service)
      if (!isRunning(container)) await container.start()
      await waitUntilReady(engine, variables, patience)
    },
  }
}

/** As {@link openPair}, with this machine's engine and clock. */
export async function openPairOf(variables: Variables): Promise<ContainerPair> {
  return openPair({ engine: await connectEngine(variables), variables, patience: patience() })
}

async function start(engine: Engine, variables: Variables): Promise<void> {
  await engine.up().catch((error: Error) => {
    throw composeFault(redacted(error.message, variables), variables)
  })
}

async function containerOf(engine: Engine, service: ServiceName): Promise<Container> {
  const found = (await engine.containers()).find((container) => container.service === service)
  if (found !== undefined) return found
  throw new ContainersError(
    `expected a container of the service ${service}, there is none`,
    'tapbench rafiki down, then up',
  )
}

async function logsOf(engine: Engine, since: number, variables: Variables): Promise<Record<string, string>> {
  const containers = await engine.containers()
  const logs = containers.map(
    async ({ service, logs }) => [service, redacted(await logs(since), variables)] as const,
  )
  return Object.fromEntries(await Promise.all(logs))
}

function isRunning({ state }: Container): boolean {
  return state === 'running'
}
