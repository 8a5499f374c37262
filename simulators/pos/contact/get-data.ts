import type { Response } from '../../../protocols/apdu/response.ts'
import { templateOf } from '../card-data.ts'
import { reading } from '../step.ts'

/** The value that GET DATA gave, EMV 4.4 Book 3, 6.5.7; null when it is not there or not `length` bytes: cards need not tell. */
export function primitiveOf(response: Response, tag: string, length: number): Uint8Array | null {
  if (response.sw !== 0x9000) return null
  const read = reading(`GET DATA ${tag}`, () => templateOf(response, tag).value)
  return read.done && read.value.length === length ? read.value : null
}
