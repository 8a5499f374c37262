import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { parseEnv } from 'node:util'
import { uuid } from '../../simulators/common/uuid.ts'
import { ConfigurationError } from '../bench/profile.ts'
import {
  originOf,
  PUBLISHED,
  VARIABLE_NAMES,
  VARIABLES,
  type VariableName,
  type Variables,
} from './variables.ts'

type Random = (length: number) => Uint8Array
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The variables of docker-compose.yml: those of the file, over which those of `environment` win. What the file lacks, at first use everything,
 * is made and written into it; only its owner may read it. Throws {@link ConfigurationError} naming the variable that is wrong.
 */
export function openEnvFile(file: string, environment: Environment, random: Random): Variables {
  const there: Environment = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  const missing = VARIABLE_NAMES.filter((name) => !there[name])
  const made = Object.fromEntries(missing.map((name) => [name, make(name, random)]))
  if (missing.length > 0) append(file, made)
  const variables = Object.fromEntries(
    VARIABLE_NAMES.map((name) => [name, environment[name] || there[name] || made[name]]),
  ) as Variables
  check(variables, relative('.', file))
  return variables
}

function make(name: VariableName, random: Random): string {
  const origin = originOf(name)
  if ('value' in origin) return origin.value
  return origin.secret === 'uuid' ? uuid(random) : Buffer.from(random(32)).toString(origin.secret)
}

const HEAD = `# Variables of docker-compose.yml, made at first use; to be changed at will while the pair is down. Environment variables of the same name win.
# tapbench rafiki down, and delete this file: everything is made anew.
`

function append(file: string, made: Readonly<Record<string, string>>): void {
  mkdirSync(dirname(file), { recursive: true })
  const before = existsSync(file) ? readFileSync(file, 'utf8').replace(/\n*$/, '\n') : HEAD
  const lines = Object.entries(made).map(
    ([name, value]) => `\n# ${VARIABLES[name as VariableName].about}\n${name}=${value}\n`,
  )
  writeFileSync(file, before + lines.join(''), { mode: 0o600 })
}

const PORTS = [...PUBLISHED, 'MERCHANT_ASE_PORT', 'CUSTOMER_ASE_PORT'] as const

function check(variables: Variables, file: string): void {
  const ports = new Map<string, VariableName>()
  for (const name of PORTS) {
    const value = variables[name]
    const other = ports.get(value)
    if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535)
      throw new ConfigurationError(`${file}: ${name}: expected a port, got "${value}"`)
    if (other !== undefined)
      throw new ConfigurationError(`${file}: ${name}: expected a port of its own, got that of ${other}`)
    ports.set(value, name)
  }
  for (const name of ['MERCHANT_TENANT_ID', 'CUSTOMER_TENANT_ID'] as const)
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(variables[name]))
      throw new ConfigurationError(`${file}: ${name}: expected a UUID, got "${variables[name]}"`)
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(variables.COMPOSE_PROJECT_NAME))
    throw new ConfigurationError(
      `${file}: COMPOSE_PROJECT_NAME: expected lower case letters, digits, - and _, got "${variables.COMPOSE_PROJECT_NAME}"`,
    )
}
