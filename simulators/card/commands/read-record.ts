import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { answer, refuse } from '../answer.ts'
import type { CardState } from '../state.ts'

/** In the low three bits of P2: P1 is a record number. */
const BY_NUMBER = 0x04

/** READ RECORD, EMV 4.4 Book 3, 6.5.11: the records that the AFL tells of, once the transaction has begun. */
export function readRecord(card: CardState, { p1, p2, data }: Command): Response {
  const sfi = p2 >> 3
  if (p1 === 0 || (p2 & 0x07) !== BY_NUMBER || sfi === 0 || sfi === 31) return refuse('wrongP1P2')
  if (data !== undefined) return refuse('wrongLength')
  if (card.selected === null || card.stage === 'selected') return refuse('conditionsNotSatisfied')
  const file = card.selected.records.get(sfi)
  if (file === undefined) return refuse('fileNotFound')
  const record = file.get(p1)
  return record === undefined ? refuse('recordNotFound') : answer(record)
}
