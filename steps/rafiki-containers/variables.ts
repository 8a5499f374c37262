/** How a variable of the environment file gets its value at first use. */
type Origin = { value: string } | { secret: 'hex' | 'base64' | 'uuid' }

interface Variable {
  about: string
  origin: Origin
}

const random = (about: string, secret: 'hex' | 'base64' | 'uuid'): Variable => ({ about, origin: { secret } })
const fixed = (about: string, value: string): Variable => ({ about, origin: { value } })

/** Every variable of docker-compose.yml, which reads them from the environment file. Ports are those of this machine, on 127.0.0.1. */
export const VARIABLES = {
  COMPOSE_PROJECT_NAME: fixed('Name of the compose project: another pair needs another', 'tapbench-rafiki'),
  RAFIKI_IMAGES: fixed("Registry and owner of Rafiki's images", 'ghcr.io/interledger'),
  RAFIKI_VERSION: fixed('The one version of all of them', 'v2.4.1-beta'),
  POSTGRES_IMAGE: fixed('Database', 'docker.io/library/postgres:16'),
  REDIS_IMAGE: fixed('Cache', 'docker.io/library/redis:7'),
  ASE_HOST: fixed(
    'This machine as containers see it; host.containers.internal with a Podman that knows no host-gateway',
    'host.docker.internal',
  ),
  MERCHANT_ASE_PORT: fixed('Where the merchant ASE takes events', '16010'),
  CUSTOMER_ASE_PORT: fixed('Where the customer ASE takes events and tells rates', '16020'),
  MERCHANT_ADMIN_PORT: fixed("Admin API of the merchant's backend", '13001'),
  MERCHANT_OPEN_PAYMENTS_PORT: fixed("Open Payments of the merchant's backend", '13003'),
  MERCHANT_AUTH_PORT: fixed("Merchant's auth server", '13006'),
  POINT_OF_SALE_PORT: fixed('Point-of-sale', '13008'),
  CUSTOMER_ADMIN_PORT: fixed("Admin API of the cardholder's backend", '23001'),
  CUSTOMER_OPEN_PAYMENTS_PORT: fixed("Open Payments of the cardholder's backend", '23003'),
  CUSTOMER_AUTH_PORT: fixed("Cardholder's auth server", '23006'),
  CARD_SERVICE_PORT: fixed('Card service', '23007'),
  MERCHANT_TENANT_ID: random("Operator tenant of the merchant's Rafiki", 'uuid'),
  CUSTOMER_TENANT_ID: random("Operator tenant of the cardholder's Rafiki", 'uuid'),
  MERCHANT_KEY_ID: random("Key with which the merchant's backend signs Open Payments requests", 'uuid'),
  CUSTOMER_KEY_ID: random("Key with which the cardholder's backend does", 'uuid'),
  MERCHANT_ADMIN_API_SECRET: random("Signs requests to the merchant's Admin API", 'base64'),
  CUSTOMER_ADMIN_API_SECRET: random("Signs requests to the cardholder's Admin API", 'base64'),
  MERCHANT_WEBHOOK_SECRET: random("Signs events of the merchant's backend", 'base64'),
  CUSTOMER_WEBHOOK_SECRET: random("Signs events of the cardholder's backend", 'base64'),
  MERCHANT_STREAM_SECRET: random("STREAM connections of the merchant's backend", 'base64'),
  CUSTOMER_STREAM_SECRET: random("STREAM connections of the cardholder's backend", 'base64'),
  POSTGRES_PASSWORD: random('Password of the database', 'hex'),
  IDENTITY_SERVER_SECRET: random('Of the identity provider, which nobody asks on the card path', 'base64'),
  COOKIE_KEY: random('Of the auth servers', 'hex'),
  DB_ENCRYPTION_SECRET: random('Of partial payments', 'base64'),
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof VARIABLES
/** A value for every variable. */
export type Variables = Readonly<Record<VariableName, string>>

export const VARIABLE_NAMES = Object.keys(VARIABLES) as VariableName[]

/** Those whose value is this machine's port for a container. */
export const PUBLISHED = [
  'MERCHANT_ADMIN_PORT',
  'MERCHANT_OPEN_PAYMENTS_PORT',
  'MERCHANT_AUTH_PORT',
  'POINT_OF_SALE_PORT',
  'CUSTOMER_ADMIN_PORT',
  'CUSTOMER_OPEN_PAYMENTS_PORT',
  'CUSTOMER_AUTH_PORT',
  'CARD_SERVICE_PORT',
] as const satisfies readonly VariableName[]

/** Whether a value must be in no output. */
export function isSecret(name: VariableName): boolean {
  const { origin } = VARIABLES[name] as Variable
  return 'secret' in origin && origin.secret !== 'uuid'
}

export function originOf(name: VariableName): Origin {
  return VARIABLES[name].origin
}
