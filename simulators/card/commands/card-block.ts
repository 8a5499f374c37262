import type { Work } from '../secured.ts'

/** CARD BLOCK, EMV 4.4 Book 3, 6.5.3: every application for ever; SELECT says 6A81. */
export const cardBlock: Work = (card, _running, { p1, p2 }) => {
  if (p1 !== 0x00 || p2 !== 0x00) return 'wrongP1P2'
  card.blocked = true
  return null
}
