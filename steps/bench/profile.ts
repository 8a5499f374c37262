import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { currencyByCode } from '../../protocols/emv/currency.ts'
import { customerAseSchema } from './issuer/schema.ts'
import { merchantAseSchema } from './pos-api-schema.ts'
import { rafikiSchema } from './rafiki-schema.ts'

export const TRANSPORTS = ['pcsc', 'loopback'] as const
export type Transport = (typeof TRANSPORTS)[number]

const sockets = {
  card: z.strictObject({ socket: z.literal('simulated'), transport: z.enum(TRANSPORTS) }),
  pos: z.strictObject({ socket: z.literal('simulated'), terminal: z.string().min(1) }),
  merchantAse: merchantAseSchema,
  hsm: z.strictObject({
    module: z.string().min(1),
    tokens: z.coerce.number().int().min(1).max(2).default(1),
    signers: z.coerce.number().int().min(1).max(8),
    clearAllowed: z.preprocess(yesOrNo, z.boolean('expected true or false')).default(false),
  }),
  database: z.strictObject({
    url: z.string().refine(isPostgres, { error: 'expected postgres://USER@HOST/DATABASE' }).nullable(),
  }),
  currencies: z.array(z.string().refine(isCurrency, 'expected an ISO 4217 code')).min(1),
}

const schemaIn = (environment: Environment) =>
  z
    .strictObject({
      ...sockets,
      customerAse: customerAseSchema(environment),
      rafiki: rafikiSchema(environment),
    })
    .superRefine(({ rafiki, ...ases }, context) => {
      const outside = (['merchantAse', 'customerAse'] as const).find(
        (name) => ases[name].socket === 'external',
      )
      if (outside !== undefined && rafiki.socket === 'embedded')
        context.addIssue({ code: 'custom', path: ['rafiki', 'socket'], message: notEmbedded(outside) })
    })

function notEmbedded(outside: string): string {
  return `expected "external" or "docker" beside an external ${outside}: an embedded pair has other addresses and secrets in each run`
}

type Environment = Readonly<Record<string, string | undefined>>

/** What is in each socket of a bench. */
export type Profile = z.infer<ReturnType<typeof schemaIn>>

/** A profile, an override or an argument that the bench cannot work with; the command line exits with 2. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

/** Environment variable → the one value of the profile that it overrides. */
export const OVERRIDES: Record<string, readonly [section: string, key: string]> = {
  TAPBENCH_TRANSPORT: ['card', 'transport'],
  TAPBENCH_TERMINAL: ['pos', 'terminal'],
  TAPBENCH_HSM_MODULE: ['hsm', 'module'],
  TAPBENCH_HSM_TOKENS: ['hsm', 'tokens'],
  TAPBENCH_HSM_SIGNERS: ['hsm', 'signers'],
  TAPBENCH_HSM_CLEAR_ALLOWED: ['hsm', 'clearAllowed'],
  DATABASE_URL: ['database', 'url'],
}

const FOLDER = join(import.meta.dirname, '../../fixtures/profiles')

/** Names of the profiles in `fixtures/profiles`. */
export function listProfiles(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''))
}

/**
 * Reads a profile by name, or by path when it has a slash or ends in `.yaml`, lets `environment` override single values, and takes the secrets
 * from it whose variables the profile names. Throws {@link ConfigurationError} naming the file or variable, the key and what was expected.
 */
export function loadProfile(name: string, environment: Environment = {}): Profile {
  const file = /[/\\]|\.yaml$/.test(name) ? name : join(FOLDER, `${name}.yaml`)
  if (!existsSync(file)) {
    throw new ConfigurationError(
      `expected a profile, one of ${listProfiles().join(', ')} or a path, got "${name}"`,
    )
  }
  const document = override(read(file), environment)
  const checked = schemaIn(environment).safeParse(document, { reportInput: true })
  if (checked.success) return checked.data
  throw new ConfigurationError(
    checked.error.issues.map((issue) => explain(issue, file, environment)).join('\n'),
  )
}

function read(file: string): Record<string, unknown> {
  try {
    const document: unknown = parse(readFileSync(file, 'utf8'))
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>
  } catch (error) {
    throw new ConfigurationError(`${file}: expected YAML, got: ${(error as Error).message}`)
  }
  throw new ConfigurationError(`${file}: expected a table of sockets, got something else`)
}

function override(document: Record<string, unknown>, environment: Environment) {
  for (const [variable, [section, key]] of Object.entries(OVERRIDES)) {
    const value = environment[variable]
    if (value === undefined || value === '') continue
    document[section] = { ...(document[section] as object), [key]: value }
  }
  return document
}

function explain(issue: z.core.$ZodIssue, file: string, environment: Environment): string {
  const key = issue.path.join('.')
  const variable = Object.keys(OVERRIDES).find(
    (name) => OVERRIDES[name]?.join('.') === key && environment[name],
  )
  return `${variable ?? file}: ${key || 'profile'}: ${issue.message}${came(issue, key)}`
}

// What came is not in these messages of the library.
const UNSAID = new Set<string>(['custom', 'invalid_value', 'invalid_format', 'too_small', 'too_big'])

function came({ code, input }: z.core.$ZodIssue, key: string): string {
  if (!UNSAID.has(code) || (typeof input !== 'string' && typeof input !== 'number')) return ''
  // The rest of it may hold a password.
  const shown = key === 'database.url' ? String(input).replace(/(?<=^\w+:).*/s, '…') : input
  return `, got "${shown}"`
}

/** From the environment it comes as text. */
function yesOrNo(value: unknown): unknown {
  const texts: Record<string, boolean> = { yes: true, true: true, no: false, false: false }
  return texts[String(value)] ?? value
}

function isPostgres(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)
}

function isCurrency(code: string): boolean {
  try {
    return currencyByCode(code) !== undefined
  } catch {
    return false
  }
}
