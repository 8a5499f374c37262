import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import type { RafikiSecret } from '../../protocols/signatures/rafiki.ts'
import type { DatabaseOptions } from '../common/database.ts'
import type { Hosts } from '../common/http-client.ts'
import type { CardKeys } from './cards/card-keys.ts'
import type { IssuerPins } from './cards/issuer-pins.ts'

/** What the issuer allows, and how much it remembers. */
export interface Policy {
  /** A payment older than this is cancelled, not funded: its incoming payment expires 10 s after creation and Rafiki would debit in vain. */
  decisionDeadlineMs: number
  /** How far the signed date and time may be from now, in both directions. */
  dateWindowMs: number
  /** Age up to which a webhook signature is taken. */
  webhookWindowMs: number
  /** Taps of one card whose unpredictable numbers are remembered. */
  recentTaps: number
  /** Decisions on closed payments that are kept, the newest. */
  keepDecisions: number
}

export const DEFAULT_POLICY: Policy = {
  decisionDeadlineMs: 8_000,
  dateWindowMs: 24 * 60 * 60 * 1000,
  webhookWindowMs: 10 * 60 * 1000,
  recentTaps: 32,
  keepDecisions: 5_000,
}

/** How a scenario makes this issuer behave badly. */
export interface Behaviour {
  /** Takes every webhook with 200 and does nothing. */
  silent: boolean
  /** Keeps every payment that it is asked about, and decides on them when it no longer does. */
  holding: boolean
  /** Starts to decide on a payment so many milliseconds of the injected clock after having been asked. */
  delayMs: number
  /** What it does to the payment besides, right after its decision was done: changes its mind, or says the same once more. */
  afterwards: 'nothing' | 'fund' | 'cancel'
}

/** The PINs of an issuer that has no keys for them. */
export const noPins = async (): Promise<never> => {
  throw new Error('expected an HSM with keys for PINs, this issuer has none: configure "pins"')
}

export const GOOD_BEHAVIOUR: Behaviour = { silent: false, holding: false, delayMs: 0, afterwards: 'nothing' }

export interface CustomerAseConfig {
  /** TCP port on `host` (default 127.0.0.1); 0 lets the system choose. */
  port: number
  host?: string
  /** What it shows of itself, PEM; without it, it speaks plain HTTP. */
  tls?: { cert: string; key: string }
  /** `url` of a PostgreSQL server, else an embedded database in `directory`, else one in memory. */
  database?: Partial<DatabaseOptions>
  /** Admin API of the issuer's own Rafiki. */
  rafiki: RafikiSecret & { adminUrl: string; tenantId: string }
  /** What that Rafiki signs its webhooks with. */
  webhooks: RafikiSecret
  /** The HSM, or as much of it as an issuer needs. */
  keys: CardKeys
  /** The HSM for cards with a PIN, opened when the first one needs it; without it no such card is issued. */
  pins?: () => Promise<IssuerPins>
  /** HSM label of the key under which new card keys leave it for the card. */
  transportKey: string
  policy?: Partial<Policy>
  clock: Clock
  journal: Journal
  /** `length` random bytes. */
  random: (length: number) => Uint8Array
  hosts?: Hosts
}
