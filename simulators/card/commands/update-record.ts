import type { Work } from '../secured.ts'
import { remember } from '../state.ts'

const BY_NUMBER = 0x04

/** UPDATE RECORD, ISO/IEC 7816-4, 11.4.5: a whole new record, template 70 included, in place of one that is there. */
export const updateRecord: Work = (card, { application, memory }, { p1, p2 }, data) => {
  const sfi = p2 >> 3
  if (p1 === 0 || (p2 & 0x07) !== BY_NUMBER) return 'wrongP1P2'
  const file = application.records.get(sfi)
  if (file === undefined) return 'fileNotFound'
  if (!file.has(p1)) return 'recordNotFound'
  if (data.length === 0) return 'wrongLength'
  remember(card, { records: new Map([...memory.records, [`${sfi}/${p1}`, data]]) })
  return null
}
