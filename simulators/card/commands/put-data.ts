import type { Work } from '../secured.ts'
import { remember } from '../state.ts'

/** PUT DATA: P1 P2 are the tag, the data its new value. Not of EMV 4.4 itself; VIS and M/Chip have it so. */
export const putData: Work = (card, { application, memory }, { p1, p2 }, data) => {
  const tag = (p1 * 256 + p2).toString(16).toUpperCase().padStart(2, '0')
  if (!application.profile.putData.includes(tag)) return 'dataNotFound'
  // As long as the value that it replaces, so that lists which ask for it still fit.
  if (data.length !== application.data.get(tag)?.length) return 'wrongLength'
  remember(card, { written: new Map([...memory.written, [tag, data]]) })
  return null
}
