import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import type { DatabaseOptions } from '../common/database.ts'
import type { Hosts } from '../common/http-client.ts'
import type { Random } from '../common/uuid.ts'
import type { TrustContext, TrustPeriods } from './terminals/trust-config.ts'
import type { TlsIdentity } from './text-server.ts'

/** Where the merchant side's Rafiki is, and the secrets shared with it. */
export interface RafikiAccess {
  /** Base URL of its point-of-sale service. */
  pointOfSaleUrl: string
  /** `http://host:port/graphql`. */
  adminUrl: string
  tenantId: string
  adminApiSecret: string
  adminApiSignatureVersion: number
  /** Rafiki's `SIGNATURE_SECRET` and `SIGNATURE_VERSION`, for its webhooks. */
  webhookSecret: string
  webhookSignatureVersion: number
}

/** Milliseconds of the injected clock. */
export interface Windows {
  /** Age up to which a signed request is taken. */
  request: number
  /** How far in the future a request may be signed: terminals' clocks drift. */
  requestFuture: number
  /** How long Rafiki may take for `POST /payment`: a little more than its own waits of 30 s. */
  payment: number
  /** From this duration on, a payment the issuer never decided on counts as its silence. */
  issuerSilence: number
  /** Each question asked to find out why a payment was not approved. */
  inquiry: number
  /** Age up to which a webhook's signature is taken. */
  webhook: number
  /** How long after its start a payment may be credited with an incoming payment. */
  credit: number
}

export const DEFAULT_WINDOWS: Windows = {
  request: 60_000,
  requestFuture: 10_000,
  payment: 35_000,
  issuerSilence: 25_000,
  inquiry: 3_000,
  webhook: 600_000,
  credit: 120_000,
}

/** The trust in terminals: where their API listens, over TLS, and what the trust rests on. */
export interface TerminalsConfig {
  port: number
  /** Base URL terminals call and sign, when it is not the one listened on. */
  publicUrl?: string
  tls: TlsIdentity
  /** Opened at the first ceremony. */
  keys: () => Promise<TrustContext['keys']>
  manufacturers: TrustContext['manufacturers']
  periods?: Partial<TrustPeriods>
  random: Random
}

export interface MerchantAseConfig {
  /** Interface both servers listen on; default 127.0.0.1. */
  host?: string
  /** Ports of the POS API (for terminals) and of the webhooks (for Rafiki): two networks in the field. */
  ports: { posApi: number; webhooks: number }
  /** Base URL terminals call and sign, when it is not the one listened on. */
  publicUrl?: string
  database: DatabaseOptions
  rafiki: RafikiAccess
  hosts?: Hosts
  windows?: Partial<Windows>
  /** Without it no terminal is onboarded: they are registered by hand. */
  terminals?: TerminalsConfig
  clock: Clock
  journal: Journal
}
