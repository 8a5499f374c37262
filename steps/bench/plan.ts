import type { Hosts } from '../../simulators/common/http-client.ts'
import type { ServiceName } from '../../simulators/rafiki/config.ts'
import type { BenchTls } from './certificates.ts'

/** The merchant's half of the bench and the cardholder's: an ASE and its Rafiki each. */
export const SIDES = ['merchant', 'customer'] as const
export type Side = (typeof SIDES)[number]

/** A secret that two parties share, and the version that their signatures name. */
export interface SharedSecret {
  secret: string
  version: number
}

/** Where ILP packets for a Rafiki go, as its peer must be told. */
export interface IlpPlace {
  address: string
  endpoint: string
}

/**
 * Where everybody is and what they share: they must know each other before they start. Drawn at random for an embedded Rafiki, read from the
 * profile for one that runs already; nothing else tells them apart. Plain data.
 */
export interface Plan {
  /** What the bench itself listens on. */
  listen: {
    host: string
    posApi: number
    terminals: number
    merchantWebhooks: number
    office: number
    customerAse: number
  }
  posApiUrl: string
  /** Base URL of the merchant ASE's API for terminals, over TLS. */
  terminalsUrl: string
  /** What it shows of itself there. */
  tls: BenchTls
  /** The office of the merchant ASE's own people: its base URL, and what they show there. */
  office: { url: string; secret: string }
  /** Who makes the bench's devices: its certificate and key, PEM. */
  factory: { certificate: string; key: string }
  /** Webhook receivers of the ASEs, rates and decisions of the customer ASE: as Rafiki and the other ASE see them. */
  webhookUrl: Record<Side, string>
  ratesUrl: string
  /** Null of an issuer of somebody else that tells nobody. */
  decisionsUrl: string | null
  /** Where hosts of wallet addresses, and of the ASEs, really are. */
  hosts: Hosts
  /** Host of the wallet addresses. */
  walletHost: Record<Side, string>
  adminUrl: Record<Side, string>
  tenant: Record<Side, string>
  adminSecrets: Record<Side, SharedSecret>
  webhookSecrets: Record<Side, SharedSecret>
  pointOfSaleUrl: string
  cardServiceUrl: string
  openPaymentsUrl: Record<Side, string>
  /** Null of a Rafiki without one. */
  authUrl: Record<Side, string | null>
  ilp: Record<Side, IlpPlace>
  /** What each side's Rafiki presents to the other. */
  peerTokens: Record<Side, string>
  /** 16 bytes, under which card keys travel from the issuer to the card. */
  transportKey: Uint8Array
  /** 16 bytes, under which PINs travel from the issuer to whoever prints the letters. */
  pinMailerKey: Uint8Array
  /** The ports of an embedded Rafiki, which the bench starts itself; null when it runs already. */
  instances: Record<Side, Record<ServiceName, number>> | null
}

export function bySide<Value>(make: (side: Side) => Value): Record<Side, Value> {
  return { merchant: make('merchant'), customer: make('customer') }
}

export function at(port: number, host = '127.0.0.1'): string {
  return `http://${host}:${port}`
}

/** What a cardholder's wallet address tells of the issuer's decisions. */
export function decisionsOf({ decisionsUrl }: Plan): Record<string, string> {
  return decisionsUrl === null ? {} : { cardDecisions: decisionsUrl }
}

/** The paths of the ASEs, on the base URLs by which others see them. */
export function asePaths(base: Record<Side, string>) {
  return {
    webhookUrl: { merchant: `${base.merchant}/webhooks`, customer: `${base.customer}/webhooks` },
    ratesUrl: `${base.customer}/rates`,
    decisionsUrl: `${base.customer}/card-decisions`,
  } satisfies Partial<Plan>
}
