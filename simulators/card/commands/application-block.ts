import type { Work } from '../secured.ts'
import { remember } from '../state.ts'

/** APPLICATION BLOCK, EMV 4.4 Book 3, 6.5.1: from now on SELECT says 6283 and every cryptogram is an AAC. */
export const applicationBlock: Work = (card, _running, { p1, p2 }) => {
  if (p1 !== 0x00 || p2 !== 0x00) return 'wrongP1P2'
  remember(card, { blocked: true })
  return null
}
