import { concat } from '../bytes/bytes.ts'
import { CDOL1_DATA_BYTES } from './application.ts'

// Apart from cryptogram.ts, so that a signer of an HSM starts without loading the cryptography that it does not use.

/** What the AES cryptogram is made over. */
export const CONTEXT_BYTES = 2048

/**
 * What AES-CMAC turns into a session key: low byte of the ATC, 06 00 80, 16 zero bytes; 20 bytes. Only the low byte of the ATC enters,
 * so that ATC n and n + 256 share a session key: a weakness of the profile, kept because cards and issuers have it, not one to copy.
 */
export function sessionKeyInput(atc: Uint8Array): Uint8Array {
  const [, low] = atc
  if (low === undefined || atc.length !== 2)
    throw new RangeError(`expected an ATC of 2 bytes, got ${atc.length}`)
  return concat(Uint8Array.of(low, 0x06, 0x00, 0x80), new Uint8Array(16))
}

/** CDOL1 data (149 bytes), zero-padded to the 2,048 bytes that the AES cryptogram is made over. */
export function paddedContext(cdol1Data: Uint8Array): Uint8Array {
  checkLength(cdol1Data)
  const context = new Uint8Array(CONTEXT_BYTES)
  context.set(cdol1Data)
  return context
}

/** Throws a RangeError unless these are as many bytes as CDOL1 asks for. */
export function checkLength(cdol1Data: Uint8Array): void {
  if (cdol1Data.length !== CDOL1_DATA_BYTES)
    throw new RangeError(`expected ${CDOL1_DATA_BYTES} bytes of CDOL1 data, got ${cdol1Data.length}`)
}
