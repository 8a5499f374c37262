import type { Journal } from '../../../protocols/journal/journal.ts'
import { StatusBits, type StatusLayout } from './status-bits.ts'

/** Terminal Verification Results, tag 95, 5 bytes: EMV 4.4 Book 3, C5; the last four are of Contactless Book C-2. */
const LAYOUT = {
  tag: '95',
  name: 'TVR',
  length: 5,
  places: {
    odaNotPerformed: '1.8',
    sdaFailed: '1.7',
    iccDataMissing: '1.6',
    exceptionFile: '1.5',
    ddaFailed: '1.4',
    cdaFailed: '1.3',
    sdaSelected: '1.2',
    versionsDiffer: '2.8',
    expired: '2.7',
    notYetEffective: '2.6',
    serviceNotAllowed: '2.5',
    newCard: '2.4',
    cvmNotSuccessful: '3.8',
    cvmUnrecognised: '3.7',
    pinTryLimitExceeded: '3.6',
    pinPadNotWorking: '3.5',
    pinNotEntered: '3.4',
    onlinePinEntered: '3.3',
    floorLimitExceeded: '4.8',
    lowerOfflineLimitExceeded: '4.7',
    upperOfflineLimitExceeded: '4.6',
    randomlySelected: '4.5',
    merchantForcedOnline: '4.4',
    defaultTdolUsed: '5.8',
    issuerAuthenticationFailed: '5.7',
    scriptFailedBefore: '5.6',
    scriptFailedAfter: '5.5',
    relayThresholdExceeded: '5.4',
    relayTimeLimitsExceeded: '5.3',
    relayPerformed: '5.2',
    relayNotPerformed: '5.1',
  },
} as const satisfies StatusLayout<string>

export type TvrBit = keyof typeof LAYOUT.places
export type Tvr = StatusBits<TvrBit>

export const TVR_PLACES: Readonly<Record<TvrBit, string>> = LAYOUT.places

/** All bits 0. */
export function newTvr(journal: Journal): Tvr {
  return new StatusBits<TvrBit>(LAYOUT, journal)
}
