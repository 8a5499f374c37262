import type { Party } from '../../../protocols/journal/journal.ts'
import type { Row } from './row.ts'

/** The parties as a report names them. */
export const PARTY_NAMES: { readonly [P in Party]: string } = {
  card: 'card',
  pos: 'POS',
  'merchant-ase': 'merchant ASE',
  'rafiki-merchant': 'Rafiki M',
  'rafiki-customer': 'Rafiki C',
  'customer-ase': 'customer ASE',
  hsm: 'HSM',
  bench: 'bench',
}

/** Who spoke to whom, in a few words. */
export function who({ from, to }: Row): string {
  if (to === null) return from === null ? '' : PARTY_NAMES[from]
  return `${from === null ? '' : PARTY_NAMES[from]} → ${PARTY_NAMES[to]}`.trim()
}
