import type { PinRefusal } from '../../../protocols/pin/refusal.ts'
import type { TranslationRefusal } from '../../../protocols/pin/translate.ts'

/** A PIN block as a terminal made it. */
export interface TerminalPin {
  /** Key serial number: 12 bytes, of TDES DUKPT 10. */
  ksn: Uint8Array
  format: 0 | 4
  block: Uint8Array
  /** Of the account that it is for. */
  pan: string
}

/** `no_key`: none is shared with the issuer. */
export type PinTranslation =
  | { ok: true; block: Uint8Array }
  | { ok: false; reason: TranslationRefusal | PinRefusal | 'no_key' }

/** What the merchant ASE has of its HSM for payments. Throws `HsmError` when the HSM is gone. */
export interface TransactionKeys {
  /** What a terminal enciphered under its SRED key: `iv` of a block, whole blocks; padded still. */
  decryptAccount(ksn: Uint8Array, iv: Uint8Array, data: Uint8Array): Promise<Uint8Array>
  /** The PIN under the key that is shared with the issuer, in the same format. */
  translatePin(pin: TerminalPin): Promise<PinTranslation>
}
