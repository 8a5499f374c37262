import { createHash } from 'node:crypto'

/** The payments of the measurement: one a second, each of 5.00 EUR, the number of each in all its ids. */
export const BEGUN_MS = Date.UTC(2026, 0, 1)
export const AMOUNT = '500'
export const DEBIT = '506'
export const SHOP = 'shop'
/** Every so many payments one is declined although its money has come. */
export const WRONG_EVERY = 10_000

/** The id that PostgreSQL makes by `md5(kind || number)::uuid`. */
export function idOf(kind: 'in' | 'out', number: number): string {
  const hex = createHash('md5').update(`${kind}${number}`).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function begunAt(number: number): number {
  return BEGUN_MS + number * 1_000
}
