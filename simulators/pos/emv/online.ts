import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { DataStore } from './data-store.ts'

/** What a terminal sends to an issuer, EMV 4.4 Book 3, 10.9 and Book 4, 12.1. */
export interface OnlineRequest {
  data: DataStore
  /** Tag 99: an enciphered PIN block of the PIN pad; null without online PIN. */
  pinData: Uint8Array | null
}

/** What came back. */
export interface OnlineAnswer {
  decision: 'approve' | 'decline' | 'unable'
  /** 8A, two characters; not looked at when unable. */
  responseCode: string
  /** 91, 8 to 16 bytes; null when the issuer sent none. */
  issuerAuthenticationData: Uint8Array | null
  /** Issuer scripts, each a whole template 71 or 72. */
  scripts: readonly Uint8Array[]
  /** Why it is no approval, for the terminal's word; null when approved. */
  code: ReasonCode | null
}

/** The way to the issuer, whatever it is. Throws only when the wire broke. */
export type Online = (request: OnlineRequest) => Promise<OnlineAnswer>

/** A terminal without a way to an issuer of the card: nobody knows it (ISO 8583 response code 14: no such number). */
export const noIssuer: Online = async () => ({
  decision: 'decline',
  responseCode: '14',
  issuerAuthenticationData: null,
  scripts: [],
  code: 'issuer_unknown',
})
