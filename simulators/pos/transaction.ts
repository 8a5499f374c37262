import { asciiPadded, fromHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { type Currency, currencyByCode } from '../../protocols/emv/currency.ts'
import { emvDate, emvTime, toBcd } from '../../protocols/emv/numeric.ts'
import { ADDRESS_BYTES } from '../../protocols/interledger/application.ts'
import { toPaymentPointer } from '../../protocols/interledger/payment-pointer.ts'
import type { CardData } from './card-data.ts'
import type { TerminalProfile } from './profile.ts'
import { done, end, type Step } from './step.ts'
import type { Tamper } from './tamper.ts'

/** What the terminal knows of a transaction before a card is there. */
export interface Transaction {
  /** Minor units. */
  amount: bigint
  currency: Currency
  /** YYMMDD, UTC. */
  date: Uint8Array
  /** HHMMSS, UTC. */
  time: Uint8Array
  /** 4 bytes. */
  unpredictableNumber: Uint8Array
  /** Payment pointer of the merchant. */
  receiver: string
}

/** Amount, Authorised is n 12 (EMV 4.4 Book 3, Annex A1, 9F02). Minor units. */
export const MAX_AMOUNT = 999_999_999_999n

/**
 * Begins a transaction. A currency the merchant has no wallet address for is declined. Throws a RangeError for an amount that is not
 * within 9F02, a TypeError for a currency that is not in ISO 4217.
 */
export function beginTransaction(
  profile: TerminalProfile,
  { amount, currency: code }: { amount: bigint; currency: string },
  { clock, random }: { clock: Clock; random: (length: number) => Uint8Array },
  tamper: Tamper,
): Step<Transaction> {
  if (amount < 0n || amount > MAX_AMOUNT)
    throw new RangeError(`expected an amount of 0 to ${MAX_AMOUNT} minor units, got ${amount}`)
  const currency = requireCurrency(code)
  const receiver = tamper.receiver ?? profile.wallets[code]
  if (receiver === undefined) return end('merchant_currency', `no wallet address for ${code}`)
  const now = clock.now() + (tamper.transactionClockMs ?? 0)
  return done({
    amount,
    currency,
    date: emvDate(now),
    time: emvTime(now),
    unpredictableNumber: tamper.unpredictableNumber ?? random(4),
    receiver: toPaymentPointer(receiver),
  })
}

/** Throws a TypeError when there is no such currency. */
export function requireCurrency(code: string): Currency {
  const currency = currencyByCode(code)
  if (currency === undefined)
    throw new TypeError(`expected a currency of ISO 4217 such as EUR, got "${code}"`)
  return currency
}

/** What the terminal can put into a data object list. */
export function terminalData(profile: TerminalProfile, transaction: Transaction): CardData {
  const { amount, currency, date, time, unpredictableNumber, receiver } = transaction
  return new Map([
    ['5F2A', fromHex(currency.numeric)],
    ['5F36', toBcd(currency.exponent, 1)],
    ['95', new Uint8Array(5)],
    ['9A', date],
    ['9C', Uint8Array.of(0x00)],
    ['9F02', toBcd(amount, 6)],
    ['9F03', new Uint8Array(6)],
    ['9F1A', fromHex(profile.country)],
    ['9F21', time],
    ['9F35', fromHex(profile.type)],
    ['9F37', unpredictableNumber],
    ['9F66', fromHex(profile.transactionQualifiers)],
    ['DF01', asciiPadded(receiver, ADDRESS_BYTES)],
  ])
}
