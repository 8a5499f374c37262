// Amounts are minor units, moments milliseconds since 1970.

export interface Asset {
  assetCode: string
  assetScale: number
}

/** Of the merchant's Rafiki, or the customer's when money goes back. */
export interface IncomingPayment extends Asset {
  id: string
  walletAddressId: string
  /** PENDING, PROCESSING, COMPLETED or EXPIRED. */
  state: string
  /** Null when any amount is taken. */
  expected: bigint | null
  received: bigint
  createdAt: number
}

/** Of the customer's Rafiki, or the merchant's when money goes back. */
export interface OutgoingPayment extends Asset {
  id: string
  /** Id of the incoming payment that it pays: the last part of its URL. */
  receiver: string
  /** FUNDING, SENDING, COMPLETED, FAILED or CANCELLED. */
  state: string
  /** What funding it cost, slippage included. */
  debit: bigint
  createdAt: number
}
