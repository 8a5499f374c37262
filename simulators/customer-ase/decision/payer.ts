import type { CardAlgorithm } from '../cards/card-keys.ts'
import type { CardState } from '../cards/cards.ts'
import type { KeptPin } from '../cards/issuer-pins.ts'

/** The payer's account when the decision was made. */
export interface PayerAccount {
  id: string
  walletAddress: string
  assetCode: string
  assetScale: number
  balance: bigint
  reserved: bigint
}

/** A card of the payer when the decision was made; `version` tells whether it is still so. */
export interface PayerCard {
  id: string
  keyLabel: string
  algorithm: CardAlgorithm
  state: CardState
  limit: bigint | null
  lastAtc: number
  /** Whether it may pay in other currencies than its account's. */
  abroad: boolean
  /** {@link tapMark} of the last taps whose cryptogram was right, newest first. */
  recentTaps: string[]
  version: number
  /** Null of a card without PIN. */
  pin: PayerPin | null
}

/** What the issuer knows of a card's PIN. */
export interface PayerPin extends KeptPin {
  /** Wrong PINs that may still come. */
  tries: number
  /** Minor units from which on a PIN is wanted. */
  from: bigint
}

/** What the issuer knows about a payment and its payer. */
export interface Payer {
  /** Webhook event from which the payment was decided; null when it was not. */
  decidedBy: string | null
  account: PayerAccount | null
  /** Newest first. */
  cards: PayerCard[]
}
