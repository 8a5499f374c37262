/** What Rafiki refuses, with the words and codes of its Admin API. */
export const REFUSALS = {
  assetDuplicate: { code: 'DUPLICATE', message: 'Asset already exists' },
  assetUnknown: { code: 'NOT_FOUND', message: 'Asset not found' },
  liquidityAssetUnknown: { code: 'NOT_FOUND', message: 'Unknown asset' },
  liquidityAmountZero: { code: 'FORBIDDEN', message: 'Transfer amount is zero' },
  transferExists: { code: 'DUPLICATE', message: 'Transfer already exists' },
  transferIdInvalid: { code: 'BAD_USER_INPUT', message: 'Invalid transfer id' },
  transferTimeoutInvalid: { code: 'BAD_USER_INPUT', message: 'Invalid transfer timeout provided' },
  balanceInsufficient: { code: 'FORBIDDEN', message: 'Insufficient transfer balance' },
  incomingPaymentUnknown: { code: 'NOT_FOUND', message: 'Unknown incoming payment' },
  outgoingPaymentUnknown: { code: 'NOT_FOUND', message: 'Unknown outgoing payment' },
  paymentNotThere: { code: 'NOT_FOUND', message: 'payment does not exist' },
  receiverNotThere: { code: 'NOT_FOUND', message: 'receiver does not exist' },
  peerDuplicate: { code: 'DUPLICATE', message: 'duplicate peer found for same ILP address and asset' },
  peerTokenDuplicate: { code: 'DUPLICATE', message: 'duplicate incoming token' },
  peerAddressInvalid: { code: 'BAD_USER_INPUT', message: 'invalid ILP address' },
  peerEndpointInvalid: { code: 'BAD_USER_INPUT', message: 'invalid HTTP endpoint' },
  peerAssetUnknown: { code: 'NOT_FOUND', message: 'unknown asset' },
  peerUnknown: { code: 'NOT_FOUND', message: 'unknown peer' },
  walletAddressUrlInvalid: { code: 'BAD_USER_INPUT', message: 'invalid url' },
  walletAddressAssetUnknown: { code: 'BAD_USER_INPUT', message: 'unknown asset' },
  walletAddressUnknown: { code: 'NOT_FOUND', message: 'unknown wallet address' },
  walletAddressInactive: { code: 'INACTIVE', message: 'inactive wallet address' },
  walletAddressDuplicate: {
    code: 'DUPLICATE',
    message: 'Duplicate wallet address found with the same url',
  },
  amountInvalid: { code: 'BAD_USER_INPUT', message: 'invalid amount' },
  expiryInvalid: { code: 'BAD_USER_INPUT', message: 'invalid expiresAt' },
  receiverInvalid: { code: 'BAD_USER_INPUT', message: 'invalid receiver' },
  ratesMissing: { code: 'INTERNAL_SERVER_ERROR', message: 'could not convert between assets' },
  routeMissing: { code: 'INTERNAL_SERVER_ERROR', message: 'Received error during ILP quoting' },
  stateWrong: { code: 'CONFLICT', message: 'wrong state' },
  paymentUnknown: { code: 'NOT_FOUND', message: 'unknown payment' },
} as const satisfies Record<string, { code: string; message: string }>

export type RefusalName = keyof typeof REFUSALS

/** A request that Rafiki understood and refused; carries the Admin API's code. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string

  constructor(refusal: RefusalName) {
    super(REFUSALS[refusal].message)
    this.code = REFUSALS[refusal].code
  }
}
