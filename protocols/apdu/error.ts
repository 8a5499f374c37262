/** Bytes that are no command or response APDU, or fields that do not fit one. Messages name lengths, never data. */
export class ApduError extends Error {
  override name = 'ApduError'
}
