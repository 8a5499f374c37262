const SHORTEST_PAN = 13
const LONG_PAN = 16
const VISIBLE_END = 4

/**
 * A primary account number as it may be shown: the first 6 digits (8 from 16 digits on) and the last 4, `*` between (PCI DSS 4.0,
 * 3.4.1). Of fewer than 13 digits, which no issuer gives out, only the last 4, and none of 4 or fewer.
 */
export function truncatePan(pan: string): string {
  const { start, end } = hiddenDigits(pan.length)
  return pan.slice(0, start) + '*'.repeat(end - start) + pan.slice(end)
}

/** Which digits of an account number of `length` digits are hidden: from `start` up to, not including, `end`. */
export function hiddenDigits(length: number): { start: number; end: number } {
  if (length < SHORTEST_PAN) return { start: 0, end: length > VISIBLE_END ? length - VISIBLE_END : length }
  return { start: length < LONG_PAN ? 6 : 8, end: length - VISIBLE_END }
}

/** The check digit of ISO/IEC 7812-1, Annex B, that follows the digits of `payload`. */
export function luhnDigit(payload: string): string {
  const sum = [...payload]
    .reverse()
    .map((digit, index) => (index % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0)
  return String((10 - (sum % 10)) % 10)
}

/** Whether the last digit is the check digit of those before it. */
export function hasLuhnDigit(pan: string): boolean {
  return luhnDigit(pan.slice(0, -1)) === pan.slice(-1)
}
