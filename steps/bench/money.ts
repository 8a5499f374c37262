import { currencyByCode } from '../../protocols/emv/currency.ts'
import { MAX_AMOUNT } from '../../simulators/pos/transaction.ts'
import { ConfigurationError } from './profile.ts'

/** An amount in minor units of its currency: 12.50 EUR is 1250. */
export interface Money {
  value: bigint
  currency: string
  /** Decimal places, ISO 4217. */
  scale: number
}

/** Reads "12.50" as so many minor units of `code`. Throws {@link ConfigurationError} for what is no amount of that currency. */
export function parseMoney(amount: string, code: string): Money {
  const scale = scaleOf(code)
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(amount)
  const [, units = '', decimals = ''] = parts ?? []
  if (parts === null || decimals.length > scale) {
    throw new ConfigurationError(
      `expected an amount of ${code} with at most ${scale} decimals, got "${amount}"`,
    )
  }
  return { value: BigInt(units + decimals.padEnd(scale, '0')), currency: code, scale }
}

/** As {@link parseMoney}, but of an amount that can be paid by card: 1 to 999,999,999,999 minor units. */
export function parsePrice(amount: string, code: string): Money {
  const price = parseMoney(amount, code)
  if (price.value >= 1n && price.value <= MAX_AMOUNT) return price
  const least = formatMoney({ ...price, value: 1n })
  const most = formatMoney({ ...price, value: MAX_AMOUNT })
  throw new ConfigurationError(`expected an amount of ${least} to ${most}, got "${amount}"`)
}

/** "12.50 EUR". */
export function formatMoney({ value, currency, scale }: Money): string {
  const digits = value.toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return scale === 0 ? `${whole} ${currency}` : `${whole}.${digits.slice(-scale)} ${currency}`
}

/** Decimal places of a currency. Throws {@link ConfigurationError} for what is none. */
export function scaleOf(code: string): number {
  const scale = currencyByCode(code)?.exponent
  if (scale === undefined) throw new ConfigurationError(`expected an ISO 4217 currency code, got "${code}"`)
  return scale
}

/** The error for a currency that the bench has no accounts in. */
export function unknownCurrency(code: string, known: readonly string[]): ConfigurationError {
  return new ConfigurationError(
    `expected one of the profile's currencies, ${known.join(', ')}, got "${code}"`,
  )
}
