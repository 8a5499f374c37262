import { join } from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import { ROOT } from '../bench/places.ts'
import { demultiplexed } from './log-frames.ts'
import { ContainersError } from './mends.ts'
import type { Variables } from './variables.ts'

/** One container of the pair. */
export interface Container {
  /** Its service in docker-compose.yml. */
  service: string
  /** `running`, `restarting`, `exited` … */
  state: string
  /** What it wrote since a moment, milliseconds since 1970. */
  logs(since: number): Promise<string>
  /** Ends its program: at once when that does not end by itself in a second. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** What the bench does with containers: Docker, or Podman behind the same socket. */
export interface Engine {
  /** Starts what does not run; throws what compose said. */
  up(): Promise<void>
  /** Ends and deletes containers, network and data. */
  down(): Promise<void>
  containers(): Promise<Container[]>
  /** Which images of the pair are not on this machine; they would be pulled. */
  missingImages(): Promise<string[]>
}

/** Connects to the engine of this machine. Throws {@link ContainersError} when there is none. */
export async function connectEngine(variables: Variables): Promise<Engine> {
  // Only here: other commands need not load it.
  const { getContainerRuntimeClient } = await import('testcontainers')
  const client = await getContainerRuntimeClient().catch((error: Error) => {
    throw new ContainersError(
      `expected a container engine, got: ${error.message}`,
      'start Docker; or Podman with `podman system service --time=0 unix:///run/podman.sock`, and set DOCKER_HOST=unix:///run/podman.sock',
    )
  })
  const options = composeOptions(variables)
  return {
    up: () => client.compose.up(options),
    down: () => client.compose.down(options, { removeVolumes: true, timeout: 10_000 }),
    containers: () => containersOf(client, variables.COMPOSE_PROJECT_NAME),
    missingImages: () => missingOf(client, imagesOf(variables)),
  }
}

function composeOptions(variables: Variables) {
  return {
    filePath: ROOT,
    files: 'docker-compose.yml',
    projectName: variables.COMPOSE_PROJECT_NAME,
    environment: { ...variables },
    executable: {
      executablePath: process.execPath,
      options: [join(import.meta.dirname, 'compose-client.ts')],
    },
  }
}

const PROGRAMS = ['backend', 'auth', 'card-service', 'point-of-sale']

function imagesOf({ RAFIKI_IMAGES, RAFIKI_VERSION, POSTGRES_IMAGE, REDIS_IMAGE }: Variables): string[] {
  const ofRafiki = PROGRAMS.map((name) => `${RAFIKI_IMAGES}/rafiki-${name}:${RAFIKI_VERSION}`)
  return [...ofRafiki, POSTGRES_IMAGE, REDIS_IMAGE]
}

async function missingOf(
  { container }: ContainerRuntimeClient,
  images: readonly string[],
): Promise<string[]> {
  const there = await container.dockerode.listImages()
  const names = new Set(there.flatMap(({ RepoTags }) => RepoTags ?? []))
  // Docker leaves its own registry out of the names.
  return images.filter(
    (name) => !names.has(name) && !names.has(name.replace(/^docker\.io\/(library\/)?/, '')),
  )
}

async function containersOf({ container }: ContainerRuntimeClient, project: string): Promise<Container[]> {
  const label = [`com.docker.compose.project=${project}`]
  const found = await container.dockerode.listContainers({ all: true, filters: { label } })
  return found.map(({ Id, State, Labels }) => {
    const one = container.getById(Id)
    return {
      service: Labels['com.docker.compose.service'] ?? Id,
      state: State,
      logs: async (since) => {
        const options = {
          stdout: true,
          stderr: true,
          follow: false,
          since: Math.floor(since / 1_000),
        } as const
        return demultiplexed(await one.logs(options))
      },
      stop: () => one.stop({ t: 1 }),
      start: () => one.start(),
    }
  })
}
