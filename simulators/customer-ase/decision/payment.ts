/** Minor units of an asset. */
export interface Money {
  value: bigint
  assetCode: string
  assetScale: number
}

/** What Rafiki asks the issuer to fund: an outgoing payment, made from a tap. Moments are milliseconds since 1970. */
export interface CardPayment {
  id: string
  /** Rafiki's id of the payer's wallet address. */
  walletAddressId: string
  /** URL of the incoming payment. */
  receiver: string
  /** What funding costs the payer, slippage included. */
  debitAmount: Money
  receiveAmount: Money
  createdAt: number
  requestId: string
  initiatedAt: number
  /** Hex, as the terminal sent them: the cryptogram, and template 77 with all that was signed. */
  signature: string
  payload: string
}
