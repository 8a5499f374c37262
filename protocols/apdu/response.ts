import { concat } from '../bytes/bytes.ts'
import { ApduError } from './error.ts'

/** A response APDU, ISO/IEC 7816-4, 5.1. */
export interface Response {
  data: Uint8Array
  /** Status word, SW1 and SW2 as one number: 0x9000. */
  sw: number
}

/** Splits a response into data and status word. Throws {@link ApduError} under 2 bytes. */
export function parseResponse(bytes: Uint8Array): Response {
  const [sw1, sw2] = bytes.subarray(-2)
  if (sw1 === undefined || sw2 === undefined)
    throw new ApduError(`expected a response APDU of at least 2 bytes, got ${bytes.length}`)
  return { data: bytes.subarray(0, -2), sw: sw1 * 256 + sw2 }
}

/** The bytes of a response. Throws {@link ApduError} when `sw` is not 16 bits. */
export function encodeResponse(sw: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  if (!Number.isInteger(sw) || sw < 0 || sw > 0xffff)
    throw new ApduError(`expected a status word of 16 bits, got ${sw}`)
  return concat(data, Uint8Array.of(sw >> 8, sw & 0xff))
}
