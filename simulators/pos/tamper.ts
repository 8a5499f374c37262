import type { KeyObject } from 'node:crypto'
import type { SecuredMembers } from './secured-members.ts'

/**
 * What a dishonest or broken terminal does differently, as data. The first group changes what the card is given, the second what is sent
 * after the card has signed, the third the signature of the request.
 */
export interface Tamper {
  /** Wallet address the card signs as receiver. */
  receiver?: string
  /** 4 bytes in place of random ones. */
  unpredictableNumber?: Uint8Array
  /** Added to date and time that the card signs, ms. */
  transactionClockMs?: number

  /** Minor units. */
  amount?: bigint
  currency?: string
  /** `https://…` */
  senderWalletAddress?: string
  /** Card data of another tap, hexadecimal. */
  cardData?: { payload: string; signature: string }
  /** Account number that the PIN block is made for. */
  pinPan?: string
  /** Changes what the device enciphered, or puts that of another tap in its place. */
  secured?: (members: SecuredMembers) => SecuredMembers

  /** How long the terminal waits for the POS API, ms. */
  patienceMs?: number
  signingKey?: KeyObject
  /** Added to the moment the request is signed at, ms. */
  requestClockMs?: number
  nonce?: string
  /** Members that are changed in the body after it was signed. */
  alteredBody?: Record<string, unknown>
}
