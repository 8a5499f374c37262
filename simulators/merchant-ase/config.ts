import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import type { DatabaseOptions } from '../common/database.ts'
import type { Hosts } from '../common/http-client.ts'
import type { Random } from '../common/uuid.ts'
import type { TransactionKeys } from './payments/transaction-keys.ts'
import type { TrustContext, TrustPeriods } from './terminals/trust-config.ts'
import type { TlsIdentity } from './text-server.ts'
import type { Windows } from './windows.ts'

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

/** The trust in terminals: where their API listens, over TLS, and what the trust rests on. */
export interface TerminalsConfig {
  port: number
  /** Base URL terminals call and sign, when it is not the one listened on. */
  publicUrl?: string
  tls: TlsIdentity
  /** Opened at the first ceremony. */
  keys: () => Promise<TrustContext['keys']>
  /** For what terminals encipher in payments; opened at the first of them. */
  transactions: () => Promise<TransactionKeys>
  manufacturers: TrustContext['manufacturers']
  periods?: Partial<TrustPeriods>
  random: Random
}

/** The office of the merchant ASE's own people: where its HTTP API listens, and the secret of 16 characters or more that they show there. */
export interface OfficeConfig {
  port: number
  secret: string
}

export interface MerchantAseConfig {
  /** Interface all servers listen on; default 127.0.0.1. */
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
  /** Without it nobody is asked over the network to onboard merchants, or to do anything about terminals. */
  office?: OfficeConfig
  clock: Clock
  journal: Journal
}
