import { PUBLISHED, type Variables } from './variables.ts'

/** Containers that could not be started, or do not answer: what was expected and what came, and what to do. */
export class ContainersError extends Error {
  override name = 'ContainersError'
  constructor(what: string, mend: string) {
    super(`${what}: ${mend}`)
  }
}

interface Mend {
  /** What compose or the engine says. */
  said: RegExp
  mend(variables: Variables, said: string): string
}

const MENDS: readonly Mend[] = [
  {
    said: /found neither/,
    mend: () => "install Docker's compose plugin (package docker-compose-plugin), or docker-compose",
  },
  {
    said: /address already in use|port is already allocated|failed to bind|ports are not available/i,
    mend: (variables, said) => {
      const taken = PUBLISHED.filter((name) => new RegExp(`\\b${variables[name]}\\b`).test(said))
      return `stop what listens there, or change ${taken.join(', ') || PUBLISHED.join(', ')}`
    },
  },
  {
    said: /manifest unknown|manifest for .* not found|name unknown|not found: manifest|requested access to the resource is denied|unauthorized/i,
    mend: ({ RAFIKI_VERSION, RAFIKI_IMAGES }) =>
      `correct RAFIKI_VERSION (now ${RAFIKI_VERSION}) or RAFIKI_IMAGES (now ${RAFIKI_IMAGES}): there is no such image`,
  },
  {
    said: /no such host|i\/o timeout|dial tcp|connection refused.*registry|pinging container registry|server misbehaving/i,
    mend: ({ RAFIKI_IMAGES }) =>
      `let this machine reach the registry ${RAFIKI_IMAGES}, or load the images (docker load), or build stand-ins: docs/docker-rafiki.md`,
  },
  {
    said: /done in \d+ minutes/,
    mend: () => 'pull the images first: docker compose --env-file .tapbench/rafiki.env pull',
  },
]

/** The error for what compose said when it could not start the pair. */
export function composeFault(said: string, variables: Variables): ContainersError {
  const found = MENDS.find((one) => one.said.test(said))
  const mend = found?.mend(variables, said) ?? 'see what the engine says above'
  return new ContainersError(`expected docker-compose.yml to start, compose said: ${said.trim()}`, mend)
}
