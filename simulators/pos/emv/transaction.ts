import type { Currency } from '../../../protocols/emv/currency.ts'

/** What a kernel is asked for. */
export interface EmvTransaction {
  /** Minor units, of which `amountOther` is a part: 9F02. */
  amount: bigint
  /** Cashback, minor units: 9F03. */
  amountOther: bigint
  currency: Currency
  /** 9C, ISO 8583 processing code: 0x00 purchase, 0x01 cash, 0x09 purchase with cashback, 0x20 refund. */
  type: number
  /** YYMMDD, 3 bytes: 9A. */
  date: Uint8Array
  /** HHMMSS, 3 bytes: 9F21. */
  time: Uint8Array
  /** 4 bytes: 9F37. */
  unpredictableNumber: Uint8Array
  /** 1 to 99,999,999: 9F41. */
  sequence: number
  /** The merchant wants to ask the issuer whatever the card says (EMV 4.4 Book 4, 6.5.3). */
  merchantForcesOnline: boolean
}

/** A purchase that nobody forces online. */
export const PURCHASE = {
  amountOther: 0n,
  type: 0x00,
  sequence: 1,
  merchantForcesOnline: false,
} as const satisfies Partial<EmvTransaction>
