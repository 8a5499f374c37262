import type { PinRefusal } from '../../../protocols/pin/refusal.ts'

/** A new PIN: what the issuer keeps of it, and the PIN itself enciphered for whoever prints the letter to the cardholder. */
export interface NewPin {
  /** PIN verification value, decimal digits. */
  value: string
  /** PIN block of format 4, 16 bytes. */
  mailer: Uint8Array
  encipheredPan: Uint8Array
}

/** What the issuer keeps of a card's PIN. */
export interface KeptPin {
  value: string
  encipheredPan: Uint8Array
}

export type PinCheck = { ok: true } | { ok: false; reason: PinRefusal | 'pin_wrong' }

/** What an issuer needs of its HSM for PINs; no PIN comes out of it in the clear. */
export interface IssuerPins {
  /** A random PIN of 4 to 12 digits for a PAN. */
  generate(pan: string, digits: number): Promise<NewPin>
  /**
   * Whether a PIN block is this card's PIN, when it is `wanted`; else null, and the PIN was not looked at. `block`: of format 4 (16 bytes) or 0
   * (8), under the key shared with the sender.
   */
  verify(kept: KeptPin, block: Uint8Array, wanted: Promise<boolean>): Promise<PinCheck | null>
}
