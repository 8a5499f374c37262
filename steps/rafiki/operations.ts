// The operations of the Admin API that the scenarios use; each by its name.

const PAGE = 'pageInfo { startCursor endCursor hasNextPage hasPreviousPage }'
const MONEY = 'value assetCode assetScale'
const QUOTE = `id debitAmount { ${MONEY} } receiveAmount { ${MONEY} } estimatedExchangeRate expiresAt createdAt`
const INCOMING = `id url state liquidity metadata expiresAt incomingAmount { ${MONEY} } receivedAmount { ${MONEY} } senderWalletAddress cancellationReason`
const OUTGOING = `id state error stateAttempts liquidity metadata receiver debitAmount { ${MONEY} } receiveAmount { ${MONEY} } sentAmount { ${MONEY} } quote { id }`

/** By name: input type and selection. */
const MUTATIONS = {
  createAsset: ['CreateAssetInput', 'asset { id }'],
  deleteAsset: ['DeleteAssetInput', 'asset { id }'],
  setFee: ['SetFeeInput', 'fee { type fixed basisPoints }'],
  updatePeer: ['UpdatePeerInput', 'peer { id }'],
  depositPeerLiquidity: ['DepositPeerLiquidityInput', 'success'],
  createPeerLiquidityWithdrawal: ['CreatePeerLiquidityWithdrawalInput', 'success'],
  postLiquidityWithdrawal: ['PostLiquidityWithdrawalInput', 'success'],
  voidLiquidityWithdrawal: ['VoidLiquidityWithdrawalInput', 'success'],
  createWalletAddress: ['CreateWalletAddressInput', 'walletAddress { id address }'],
  updateWalletAddress: ['UpdateWalletAddressInput', 'walletAddress { status }'],
  createWalletAddressKey: ['CreateWalletAddressKeyInput', 'walletAddressKey { id }'],
  revokeWalletAddressKey: ['RevokeWalletAddressKeyInput', 'walletAddressKey { revoked }'],
  createIncomingPayment: ['CreateIncomingPaymentInput', `payment { ${INCOMING} }`],
  updateIncomingPayment: ['UpdateIncomingPaymentInput', `payment { ${INCOMING} }`],
  approveIncomingPayment: ['ApproveIncomingPaymentInput', `payment { ${INCOMING} }`],
  cancelIncomingPayment: ['CancelIncomingPaymentInput', `payment { ${INCOMING} }`],
  createQuote: ['CreateQuoteInput', `quote { ${QUOTE} }`],
  createOutgoingPayment: ['CreateOutgoingPaymentInput', `payment { ${OUTGOING} }`],
  createOutgoingPaymentFromIncomingPayment: [
    'CreateOutgoingPaymentFromIncomingPaymentInput',
    `payment { ${OUTGOING} }`,
  ],
  cancelOutgoingPayment: ['CancelOutgoingPaymentInput', `payment { ${OUTGOING} }`],
  depositOutgoingPaymentLiquidity: ['DepositOutgoingPaymentLiquidityInput', 'success'],
  createIncomingPaymentWithdrawal: ['CreateIncomingPaymentWithdrawalInput', 'success'],
  createOutgoingPaymentWithdrawal: ['CreateOutgoingPaymentWithdrawalInput', 'success'],
} as const satisfies Record<string, readonly [input: string, selection: string]>

export type MutationName = keyof typeof MUTATIONS

export function mutation(name: MutationName): string {
  const [input, selection] = MUTATIONS[name]
  return `mutation ($input: ${input}!) { ${name}(input: $input) { ${selection} } }`
}

const BY_ID = ($: string) => `query ($id: String!) { ${$} }`
const PAGED = '$first: Int, $last: Int, $before: String, $after: String, $sortOrder: SortOrder'
const CUT = 'first: $first, last: $last, before: $before, after: $after, sortOrder: $sortOrder'

export const QUERIES = {
  incomingPayment: BY_ID(`incomingPayment(id: $id) { ${INCOMING} }`),
  outgoingPayment: BY_ID(`outgoingPayment(id: $id) { ${OUTGOING} }`),
  quote: BY_ID(`quote(id: $id) { ${QUOTE} }`),
  receiver: BY_ID(
    'receiver(id: $id) { id completed metadata incomingAmount { value } receivedAmount { value } }',
  ),
  peer: 'query ($address: String!, $assetId: String!) { peerByAddressAndAsset(staticIlpAddress: $address, assetId: $assetId) { id liquidity } }',
  incomingPaymentsOf: `query ($id: String!, ${PAGED}) { walletAddress(id: $id) { incomingPayments(${CUT}) { ${PAGE} edges { cursor node { id incomingAmount { value } } } } } }`,
  events:
    '{ webhookEvents(first: 100, filter: { type: { notIn: ["none"] } }) { edges { node { id type data } } } }',
  payments:
    'query ($in: [String!]) { payments(filter: { walletAddressId: { in: $in } }) { edges { node { id type state liquidity } } } }',
  outgoingPayments:
    'query ($receiver: [String!]) { outgoingPayments(filter: { receiver: { in: $receiver } }) { edges { node { id state } } } }',
  transfers: BY_ID(
    'accountingTransfers(id: $id) { debits { amount transferType state } credits { amount transferType state } }',
  ),
} as const
