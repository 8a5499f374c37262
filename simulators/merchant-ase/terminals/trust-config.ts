import type { X509Certificate } from 'node:crypto'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Random } from '../../common/uuid.ts'
import type { Database } from '../database/tables.ts'
import type { Windows } from '../windows.ts'
import type { TrustKeys } from './trust-keys.ts'

const DAY = 24 * 60 * 60 * 1000

/** Milliseconds. */
export interface TrustPeriods {
  /** How long a terminal's certificates are valid. */
  certificate: number
  /** How long a revocation list is valid. */
  crl: number
  /** After this a rotation is due. */
  rotationDue: number
  /** After this a terminal that did not rotate is refused. */
  rotationOverdue: number
  /** How long a terminal works by a configuration. */
  configuration: number
  /** How long a replaced generation is still taken. */
  grace: number
}

// Key rotation at least monthly; an overdue terminal has a day to be seen to.
export const DEFAULT_PERIODS: TrustPeriods = {
  certificate: 3 * 365 * DAY,
  crl: 7 * DAY,
  rotationDue: 30 * DAY,
  rotationOverdue: 31 * DAY,
  configuration: 7 * DAY,
  grace: DAY,
}

/** What all parts of the trust in terminals share. */
export interface TrustContext {
  db: Database
  keys: TrustKeys
  /** Issuers of manufacturers' certificates: the factory's authority, then its issuers up to the root. */
  manufacturers: readonly (readonly X509Certificate[])[]
  windows: Pick<Windows, 'request' | 'requestFuture'>
  periods: TrustPeriods
  clock: Clock
  random: Random
  journal: Journal
}
