import { z } from 'zod'
import type { RafikiConfig } from './config.ts'

const port = z.coerce.number().int().min(1).max(65_535)
const milliseconds = z.coerce.number().int().positive().optional()
const version = z.coerce.number().int().positive().default(1)
const httpUrl = z.url({ protocol: /^https?$/ })
const text = z.string().min(1)

/** `host=http://where host=http://where …`, as a hosts file would say it. */
const hosts = z.string().transform((value, context) => {
  const entries = value
    .split(/\s+/)
    .filter((pair) => pair !== '')
    .map((pair) => pair.split('=', 2))
  if (entries.every(([host, origin]) => host && httpUrl.safeParse(origin).success))
    return Object.fromEntries(entries) as Record<string, string>
  context.addIssue({ code: 'custom', message: 'expected host=http://where, separated by blanks' })
  return z.NEVER
})

// Names and defaults are those of Rafiki's packages; PARTY, HOST and HOSTS are this program's own.
const variables = z.object({
  PARTY: z.enum(['rafiki-merchant', 'rafiki-customer']),
  HOST: z.string().default('127.0.0.1'),
  HOSTS: hosts.default({}),
  ADMIN_PORT: port.default(3001),
  CONNECTOR_PORT: port.default(3002),
  OPEN_PAYMENTS_PORT: port.default(3003),
  CARD_SERVICE_PORT: port.default(3007),
  PORT: port.default(3008),
  OPERATOR_TENANT_ID: z.uuid(),
  ADMIN_API_SECRET: text,
  ADMIN_API_SIGNATURE_VERSION: version,
  ADMIN_API_SIGNATURE_TTL_SECONDS: z.coerce.number().int().positive().default(30),
  SIGNATURE_SECRET: text,
  SIGNATURE_VERSION: version,
  WEBHOOK_URL: httpUrl,
  WEBHOOK_TIMEOUT: milliseconds,
  WEBHOOK_MAX_RETRY: z.coerce.number().int().positive().optional(),
  EXCHANGE_RATES_URL: httpUrl,
  EXCHANGE_RATES_LIFETIME: milliseconds,
  OPEN_PAYMENTS_URL: z.url({ protocol: /^https$/ }).optional(),
  CARD_SERVICE_URL: httpUrl.optional(),
  ILP_ADDRESS: z.string().regex(/^(test|g|private|example|local)\.[A-Za-z0-9_~.-]+$/),
  USE_HTTP: z.stringbool().optional(),
  INCOMING_PAYMENT_EXPIRY_MS: milliseconds,
  INCOMING_PAYMENT_EXPIRY_MAX_MS: milliseconds,
  WEBHOOK_TIMEOUT_MS: milliseconds,
  CARD_PAYMENT_TIMEOUT_MS: milliseconds,
  SLIPPAGE: z.coerce.number().min(0).lt(1).optional(),
  QUOTE_LIFESPAN: milliseconds,
  GRAPHQL_IDEMPOTENCY_KEY_TTL_MS: milliseconds,
})
type Variables = z.infer<typeof variables>

/** Reads the configuration of one instance. Throws an error that names each variable that is wrong, without its value. */
export function configFrom(
  environment: Readonly<Record<string, string | undefined>>,
  parts: Pick<RafikiConfig, 'clock' | 'random' | 'journal'>,
): RafikiConfig {
  const read = variables.safeParse(environment)
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`environment of Rafiki: ${faults.join('; ')}`)
  }
  return { ...required(read.data), ...given(optional(read.data)), ...parts }
}

function required(set: Variables): Omit<RafikiConfig, 'clock' | 'random' | 'journal'> {
  return {
    party: set.PARTY,
    host: set.HOST,
    hosts: set.HOSTS,
    ports: {
      admin: set.ADMIN_PORT,
      openPayments: set.OPEN_PAYMENTS_PORT,
      cardService: set.CARD_SERVICE_PORT,
      pointOfSale: set.PORT,
      ilp: set.CONNECTOR_PORT,
    },
    tenantId: set.OPERATOR_TENANT_ID,
    adminApiSecret: set.ADMIN_API_SECRET,
    adminApiSignatureVersion: set.ADMIN_API_SIGNATURE_VERSION,
    adminApiSignatureTtlMs: set.ADMIN_API_SIGNATURE_TTL_SECONDS * 1_000,
    signatureSecret: set.SIGNATURE_SECRET,
    signatureVersion: set.SIGNATURE_VERSION,
    webhookUrl: set.WEBHOOK_URL,
    exchangeRatesUrl: set.EXCHANGE_RATES_URL,
    ilpAddress: set.ILP_ADDRESS,
  }
}

function optional(set: Variables) {
  return {
    walletAddressHost: set.OPEN_PAYMENTS_URL === undefined ? undefined : new URL(set.OPEN_PAYMENTS_URL).host,
    cardServiceUrl: set.CARD_SERVICE_URL,
    useHttp: set.USE_HTTP,
    webhookDeliveryTimeoutMs: set.WEBHOOK_TIMEOUT,
    webhookMaxRetry: set.WEBHOOK_MAX_RETRY,
    exchangeRatesLifetimeMs: set.EXCHANGE_RATES_LIFETIME,
    incomingPaymentExpiryMs: set.INCOMING_PAYMENT_EXPIRY_MS,
    incomingPaymentExpiryMaxMs: set.INCOMING_PAYMENT_EXPIRY_MAX_MS,
    webhookTimeoutMs: set.WEBHOOK_TIMEOUT_MS,
    cardPaymentTimeoutMs: set.CARD_PAYMENT_TIMEOUT_MS,
    slippage: set.SLIPPAGE,
    quoteLifespanMs: set.QUOTE_LIFESPAN,
    idempotencyKeyTtlMs: set.GRAPHQL_IDEMPOTENCY_KEY_TTL_MS,
  }
}

type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> }

/** Only what is there: a default is not to be covered by undefined. */
function given<Values extends Record<string, unknown>>(values: Values): Given<Values> {
  const there = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as Given<Values>
}
