import type { Journal } from '../../../protocols/journal/journal.ts'
import { StatusBits, type StatusLayout } from './status-bits.ts'

/** Transaction Status Information, tag 9B, 2 bytes: EMV 4.4 Book 3, C6. */
const LAYOUT = {
  tag: '9B',
  name: 'TSI',
  length: 2,
  places: {
    odaPerformed: '1.8',
    cardholderVerified: '1.7',
    cardRiskManaged: '1.6',
    issuerAuthenticated: '1.5',
    terminalRiskManaged: '1.4',
    scriptProcessed: '1.3',
  },
} as const satisfies StatusLayout<string>

export type TsiBit = keyof typeof LAYOUT.places
export type Tsi = StatusBits<TsiBit>

/** All bits 0. */
export function newTsi(journal: Journal): Tsi {
  return new StatusBits<TsiBit>(LAYOUT, journal)
}
