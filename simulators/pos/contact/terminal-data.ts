import { asciiPadded, fromHex } from '../../../protocols/bytes/bytes.ts'
import { toBcd } from '../../../protocols/emv/numeric.ts'
import type { EmvSettings } from '../emv/settings.ts'
import type { EmvTransaction } from '../emv/transaction.ts'
import type { TerminalProfile } from '../profile.ts'
import type { ContactApplication } from './settings.ts'

const CHIP = 0x05
const MOST_BINARY = 0xffffffffn

/** The terminal's own data objects of a transaction, EMV 4.4 Book 3, Annex A, by tag. */
export function contactTerminalData(
  { type, country }: TerminalProfile,
  settings: EmvSettings,
  application: ContactApplication,
  transaction: EmvTransaction,
): [tag: string, value: Uint8Array][] {
  const text = (value: string, length = value.length): Uint8Array => asciiPadded(value.padEnd(length), length)
  const { amount, amountOther, currency } = transaction
  return [
    ['5F2A', fromHex(currency.numeric)],
    ['5F36', toBcd(currency.exponent, 1)],
    ['81', binary(amount)],
    ['9A', transaction.date],
    ['9C', Uint8Array.of(transaction.type)],
    ['9F01', toBcd(BigInt(settings.acquirer), 6)],
    ['9F02', toBcd(amount, 6)],
    ['9F03', toBcd(amountOther, 6)],
    ['9F04', binary(amountOther)],
    ['9F09', fromHex(application.version)],
    ['9F15', toBcd(BigInt(settings.merchantCategory), 2)],
    ['9F16', text(settings.merchant, 15)],
    ['9F1A', fromHex(country)],
    ['9F1B', binary(BigInt(application.floorLimit))],
    ['9F1C', text(settings.terminal)],
    ['9F1E', text(settings.serialNumber)],
    ['9F21', transaction.time],
    ['9F33', fromHex(settings.capabilities)],
    ['9F34', fromHex('000000')],
    ['9F35', fromHex(type)],
    ['9F37', transaction.unpredictableNumber],
    ['9F39', Uint8Array.of(CHIP)],
    ['9F40', fromHex(settings.additionalCapabilities)],
    ['9F41', toBcd(transaction.sequence, 4)],
    ['9F4E', text(settings.nameAndLocation)],
  ]
}

/** 4 bytes; an amount beyond them is all ones, which no comparison takes for less than it is. */
function binary(amount: bigint): Uint8Array {
  const value = amount > MOST_BINARY ? MOST_BINARY : amount
  return fromHex(value.toString(16).padStart(8, '0'))
}
