/** A cardholder's account at the customer ASE. */
export interface Holder {
  accountId: string
  walletAddress: string
  /** The customer's Rafiki's id of the wallet address. */
  walletAddressId: string
  currency: string
  scale: number
  /** What it was opened with, in minor units. */
  opened: bigint
}
