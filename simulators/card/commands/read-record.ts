import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { answer, refuse } from '../answer.ts'
import { DIRECTORY_SFI, directoryRecord } from '../directory.ts'
import { type CardState, selectedOf } from '../state.ts'

/** In the low three bits of P2: P1 is a record number. */
const BY_NUMBER = 0x04

/**
 * READ RECORD, EMV 4.4 Book 3, 6.5.11: the records that the AFL tells of once the transaction has begun, the transaction log (Book 3, Annex
 * D) at any time, and the directory while the payment system environment is selected.
 */
export function readRecord(card: CardState, { p1, p2, data }: Command): Response {
  const sfi = p2 >> 3
  if (p1 === 0 || (p2 & 0x07) !== BY_NUMBER || sfi === 0 || sfi === 31) return refuse('wrongP1P2')
  if (data !== undefined) return refuse('wrongLength')
  const selected = selectedOf(card)
  if (selected === null)
    return card.inDirectory ? inDirectory(card, sfi, p1) : refuse('conditionsNotSatisfied')
  const { application, memory } = selected
  if (sfi === application.log?.sfi) return given(memory.log[p1 - 1])
  if (card.stage === 'selected') return refuse('conditionsNotSatisfied')
  const file = application.records.get(sfi)
  if (file === undefined) return refuse('fileNotFound')
  return given(memory.records.get(`${sfi}/${p1}`) ?? file.get(p1))
}

function inDirectory({ applications }: CardState, sfi: number, record: number): Response {
  return sfi === DIRECTORY_SFI ? given(directoryRecord(applications, record)) : refuse('fileNotFound')
}

function given(record: Uint8Array | undefined): Response {
  return record === undefined ? refuse('recordNotFound') : answer(record)
}
