/** What Rafiki refuses, with the words and codes of its Admin API. */
export const REFUSALS = {
  assetDuplicate: { code: 'DUPLICATE', message: 'Asset already exists' },
  assetInUse: { code: 'FORBIDDEN', message: 'Cannot delete! Asset in use.' },
  assetUnknown: { code: 'NOT_FOUND', message: 'Asset not found' },
  liquidityAssetUnknown: { code: 'NOT_FOUND', message: 'Unknown asset' },
  liquidityPeerUnknown: { code: 'NOT_FOUND', message: 'Unknown peer' },
  feeBasisPointsInvalid: { code: 'BAD_USER_INPUT', message: 'Basis point fee must be between 0 and 10000' },
  liquidityAmountZero: { code: 'FORBIDDEN', message: 'Transfer amount is zero' },
  transferExists: { code: 'DUPLICATE', message: 'Transfer already exists' },
  transferAmountInvalid: { code: 'BAD_USER_INPUT', message: 'Invalid transfer amount' },
  transferUnknown: { code: 'NOT_FOUND', message: 'Unknown transfer' },
  transferPosted: { code: 'CONFLICT', message: 'Transfer already posted' },
  transferVoided: { code: 'CONFLICT', message: 'Transfer already voided' },
  transferExpired: { code: 'FORBIDDEN', message: 'Transfer already expired' },
  transferIdInvalid: { code: 'BAD_USER_INPUT', message: 'Invalid transfer id' },
  balanceInsufficient: { code: 'FORBIDDEN', message: 'Insufficient transfer balance' },
  incomingPaymentUnknown: { code: 'NOT_FOUND', message: 'Unknown incoming payment' },
  outgoingPaymentUnknown: { code: 'NOT_FOUND', message: 'Unknown outgoing payment' },
  paymentNotThere: { code: 'NOT_FOUND', message: 'payment does not exist' },
  quoteNotThere: { code: 'NOT_FOUND', message: 'quote does not exist' },
  tenantNotThere: { code: 'NOT_FOUND', message: 'tenant does not exist' },
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
  walletAddressNotThere: { code: 'NOT_FOUND', message: 'Unknown wallet address' },
  keyDuplicate: { code: 'DUPLICATE', message: 'Key already exists' },
  keyUnknown: { code: 'NOT_FOUND', message: 'Wallet address key not found' },
  walletAddressInactive: { code: 'INACTIVE', message: 'inactive wallet address' },
  walletAddressDuplicate: {
    code: 'DUPLICATE',
    message: 'Duplicate wallet address found with the same url',
  },
  amountInvalid: { code: 'BAD_USER_INPUT', message: 'invalid amount' },
  expiryInvalid: { code: 'BAD_USER_INPUT', message: 'invalid expiresAt' },
  deliveryTooSmall: { code: 'BAD_USER_INPUT', message: 'non-positive receive amount' },
  paymentTooSmall: { code: 'BAD_USER_INPUT', message: 'negative receive amount' },
  quoteUnknown: { code: 'NOT_FOUND', message: 'unknown quote' },
  quoteInvalid: { code: 'BAD_USER_INPUT', message: 'invalid quote' },
  alreadyActioned: { code: 'FORBIDDEN', message: 'action already performed' },
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
  readonly refusal: RefusalName
  readonly code: string
  /** What Rafiki adds to the error's extensions. */
  readonly details: Record<string, unknown> | undefined

  constructor(refusal: RefusalName, details?: Record<string, unknown>) {
    super(REFUSALS[refusal].message)
    this.refusal = refusal
    this.code = REFUSALS[refusal].code
    this.details = details
  }
}
