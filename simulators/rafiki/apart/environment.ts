import { z } from 'zod'

/** The programs of Rafiki that run apart here, by the names of its packages. */
export const ROLES = ['backend', 'auth', 'card-service', 'point-of-sale'] as const
export type Role = (typeof ROLES)[number]

type Environment = Readonly<Record<string, string | undefined>>

const port = z.coerce.number().int().min(1).max(65_535)
const httpUrl = z.url({ protocol: /^https?$/ })
const text = z.string().min(1)
const version = z.coerce.number().int().positive()
const milliseconds = z.coerce.number().int().positive().default(30_000)

const tenant = {
  GRAPHQL_URL: httpUrl,
  TENANT_ID: z.uuid(),
  TENANT_SECRET: text,
}

const SCHEMAS = {
  backend: z.object({
    INSTANCE_NAME: z.enum(['merchant', 'customer']),
    // What the embedded instance does without, and the real one does not.
    AUTH_SERVER_GRANT_URL: httpUrl,
    AUTH_SERVER_INTROSPECTION_URL: httpUrl,
    AUTH_SERVICE_API_URL: httpUrl,
    ILP_CONNECTOR_URL: httpUrl,
    KEY_ID: text,
    OPEN_PAYMENTS_URL: httpUrl,
    POS_WEBHOOK_SERVICE_URL: httpUrl.optional(),
    CARD_WEBHOOK_SERVICE_URL: httpUrl.optional(),
  }),
  auth: z.object({
    AUTH_PORT: port.default(3006),
    ADMIN_API_SECRET: text,
    AUTH_SERVER_URL: httpUrl,
    COOKIE_KEY: text,
    IDENTITY_SERVER_SECRET: text,
    IDENTITY_SERVER_URL: httpUrl,
    OPERATOR_TENANT_ID: z.uuid(),
  }),
  'card-service': z.object({
    ...tenant,
    TENANT_SIGNATURE_VERSION: version,
    CARD_SERVICE_PORT: port.default(3007),
    CARD_PAYMENT_TIMEOUT_MS: milliseconds,
  }),
  'point-of-sale': z.object({
    ...tenant,
    TENANT_SIGNATURE_VERSION: version.default(1),
    PORT: port.default(3008),
    WEBHOOK_SIGNATURE_SECRET: text,
    WEBHOOK_SIGNATURE_VERSION: version.default(1),
    WEBHOOK_TIMEOUT_MS: milliseconds,
    INCOMING_PAYMENT_EXPIRY_MS: milliseconds.default(10_000),
    USE_HTTP: z.stringbool().default(false),
  }),
} as const

export type RoleVariables<Name extends Role> = z.output<(typeof SCHEMAS)[Name]>

/** What a program requires, as Rafiki's own does. Throws an error that names each variable that is wrong, without its value. */
export function variablesOf<Name extends Role>(role: Name, environment: Environment): RoleVariables<Name> {
  const read = SCHEMAS[role].safeParse(environment)
  if (read.success) return read.data as RoleVariables<Name>
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new Error(`environment of Rafiki's ${role}: ${faults.join('; ')}`)
}
