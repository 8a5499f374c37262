import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { toBcd } from '../../../protocols/emv/numeric.ts'
import type { DataStore } from '../emv/data-store.ts'
import type { EmvSettings } from '../emv/settings.ts'
import type { EmvTransaction } from '../emv/transaction.ts'
import type { Kernel2Configuration } from './configuration.ts'

/** Of a terminal profile, what the contactless kernel looks at. */
export interface TerminalFacts {
  /** 9F35. */
  type: string
  /** 9F1A. */
  country: string
  emv: EmvSettings
}

/** Puts what the terminal knows into the data store: Book C-2, S1, and EMV 4.4 Book 3, Annex A. */
export function addTerminalData(
  data: DataStore,
  { type, country, emv }: TerminalFacts,
  configuration: Kernel2Configuration,
  transaction: EmvTransaction,
): void {
  const { amount, amountOther, currency, date, time } = transaction
  const [input = 0] = configuration.cardDataInput
  const [security = 0] = configuration.security
  const values: [tag: string, value: Uint8Array][] = [
    ['5F2A', fromHex(currency.numeric)],
    ['5F36', toBcd(currency.exponent, 1)],
    ['9A', date],
    ['9C', Uint8Array.of(transaction.type)],
    ['9F01', toBcd(BigInt(emv.acquirer), 6)],
    ['9F02', toBcd(amount, 6)],
    ['9F03', toBcd(amountOther, 6)],
    ['9F09', configuration.applicationVersion],
    ['9F15', fromHex(emv.merchantCategory)],
    ['9F16', text(emv.merchant)],
    ['9F1A', fromHex(country)],
    ['9F1C', text(emv.terminal)],
    ['9F1E', text(emv.serialNumber)],
    ['9F21', time],
    // Which cardholder verification there is, is known with the amount's limits (Book C-2, S456).
    ['9F33', Uint8Array.of(input, 0x00, security)],
    ['9F35', fromHex(type)],
    ['9F37', transaction.unpredictableNumber],
    ['9F40', fromHex(emv.additionalCapabilities)],
    ['9F41', toBcd(transaction.sequence, 4)],
    ['9F4E', text(emv.nameAndLocation)],
    ['9F6D', configuration.magStripeVersion],
    ['9F7E', configuration.mobileSupport],
  ]
  for (const [tag, value] of values) data.set(tag, value)
}

function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'latin1'))
}
