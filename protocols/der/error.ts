/** Bytes that are no DER, or DER of another shape than expected. Messages name fields and offsets, never values. */
export class DerError extends Error {
  override name = 'DerError'
}
