/** Milliseconds of the injected clock. */
export interface Windows {
  /** Age up to which a signed request is taken. */
  request: number
  /** How far in the future a request may be signed: terminals' clocks drift. */
  requestFuture: number
  /** How long Rafiki may take for `POST /payment`: a little more than its own waits of 30 s. */
  payment: number
  /** From this duration on, a payment the issuer never decided on counts as its silence. */
  issuerSilence: number
  /** Each question asked to find out why a payment was not approved. */
  inquiry: number
  /** Age up to which a webhook's signature is taken. */
  webhook: number
  /** How long after its start a payment may be credited with an incoming payment. */
  credit: number
}

export const DEFAULT_WINDOWS: Windows = {
  request: 60_000,
  requestFuture: 10_000,
  payment: 35_000,
  issuerSilence: 25_000,
  inquiry: 3_000,
  webhook: 600_000,
  credit: 120_000,
}
