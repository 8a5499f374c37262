import type { Work } from '../secured.ts'
import { remember } from '../state.ts'

/** APPLICATION UNBLOCK, EMV 4.4 Book 3, 6.5.2: undoes APPLICATION BLOCK. */
export const applicationUnblock: Work = (card, _running, { p1, p2 }) => {
  if (p1 !== 0x00 || p2 !== 0x00) return 'wrongP1P2'
  remember(card, { blocked: false })
  return null
}
