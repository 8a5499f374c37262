import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal, Party } from '../../protocols/journal/journal.ts'
import type { RafikiSecret } from '../../protocols/signatures/rafiki.ts'
import type { Hosts } from '../common/http-client.ts'
import type { Random } from '../common/uuid.ts'

export type RafikiParty = Extract<Party, 'rafiki-merchant' | 'rafiki-customer'>
export type ServiceName = 'admin' | 'openPayments' | 'cardService' | 'pointOfSale' | 'ilp'

/** What one Rafiki instance must be told. Times are milliseconds; defaults are those of Rafiki itself. */
export interface RafikiConfig {
  party: RafikiParty
  /** Address to listen on; default 127.0.0.1. */
  host?: string
  ports: Record<ServiceName, number>
  /** The one tenant, which is the operator. */
  tenantId: string
  adminApiSecret: string
  /** Default 1. */
  adminApiSignatureVersion?: number
  /** Signs webhooks. */
  signatureSecret: string
  /** Default 1. */
  signatureVersion?: number
  /** Where the ASE takes events. */
  webhookUrl: string
  exchangeRatesUrl: string
  /** Host of wallet addresses and Open Payments URLs; default the Open Payments service's own `host:port`. */
  walletAddressHost?: string
  /** Public URL of the card service, for wallet address documents; default its own. */
  cardServiceUrl?: string
  ilpAddress: string
  /** Whether other instances are asked over http although their URLs say https; default true. */
  useHttp?: boolean
  hosts?: Hosts
  /** How long a card payment's incoming payment lives; default 10,000. */
  incomingPaymentExpiryMs?: number
  /** The longest life of any incoming payment; default 30 days. */
  incomingPaymentExpiryMaxMs?: number
  /** How long point-of-sale waits for the money; default 30,000. */
  webhookTimeoutMs?: number
  /** How long the card service waits for the issuer; default 30,000. */
  cardPaymentTimeoutMs?: number
  /** How long a receiver of an event has to answer 200; default 2,000. */
  webhookDeliveryTimeoutMs?: number
  /** Deliveries of one event to one receiver before it is given up; default 10. */
  webhookMaxRetry?: number
  /** Default 0.01. */
  slippage?: number
  /** Default 300,000. */
  quoteLifespanMs?: number
  /** How long fetched rates serve; default 15,000. */
  exchangeRatesLifetimeMs?: number
  /** How long an Admin API signature can be used, once; default 30,000. */
  adminApiSignatureTtlMs?: number
  /** How long the answer to an idempotency key is kept; default 24 h. */
  idempotencyKeyTtlMs?: number
  clock: Clock
  random: Random
  journal: Journal
}

/** A {@link RafikiConfig} with nothing left open. */
export interface Settings extends Required<Omit<RafikiConfig, 'adminApiSecret' | 'signatureSecret'>> {
  adminApi: RafikiSecret
  webhookSecret: RafikiSecret
  /** Base of Open Payments URLs, without a slash at its end. */
  openPaymentsUrl: string
}

const DEFAULTS = {
  host: '127.0.0.1',
  adminApiSignatureVersion: 1,
  signatureVersion: 1,
  useHttp: true,
  hosts: {},
  incomingPaymentExpiryMs: 10_000,
  incomingPaymentExpiryMaxMs: 30 * 24 * 3_600_000,
  webhookTimeoutMs: 30_000,
  cardPaymentTimeoutMs: 30_000,
  webhookDeliveryTimeoutMs: 2_000,
  webhookMaxRetry: 10,
  slippage: 0.01,
  quoteLifespanMs: 300_000,
  exchangeRatesLifetimeMs: 15_000,
  adminApiSignatureTtlMs: 30_000,
  idempotencyKeyTtlMs: 24 * 3_600_000,
}

export function settingsOf(config: RafikiConfig): Settings {
  const { adminApiSecret, signatureSecret, ...rest } = { ...DEFAULTS, ...config }
  const walletAddressHost = rest.walletAddressHost ?? `${rest.host}:${rest.ports.openPayments}`
  return {
    ...rest,
    walletAddressHost,
    openPaymentsUrl: `https://${walletAddressHost}`,
    cardServiceUrl: rest.cardServiceUrl ?? `http://${rest.host}:${rest.ports.cardService}`,
    adminApi: { secret: adminApiSecret, version: rest.adminApiSignatureVersion },
    webhookSecret: { secret: signatureSecret, version: rest.signatureVersion },
  }
}

/** Who an instance talks to, for the journal. */
export const NEIGHBOURS = {
  'rafiki-merchant': { ase: 'merchant-ase', other: 'rafiki-customer' },
  'rafiki-customer': { ase: 'customer-ase', other: 'rafiki-merchant' },
} as const satisfies Record<RafikiParty, { ase: Party; other: Party }>
