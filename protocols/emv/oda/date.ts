import { toHex } from '../../bytes/bytes.ts'

/** Whether the month of a date (YYMMDD, tag 9A) is after the month in which a certificate ends (MMYY); true when either is no date. */
export function isPastMonth(date: Uint8Array, expiry: Uint8Array): boolean {
  const end = toHex(expiry)
  const month = monthNumber(end.slice(2, 4), end.slice(0, 2))
  return !(monthNumber(toHex(date).slice(0, 2), toHex(date).slice(2, 4)) <= month)
}

/** Whether a date (YYMMDD) is after another; true when either is no date. */
export function isPastDay(date: Uint8Array, last: Uint8Array): boolean {
  return !(dayNumber(date) <= dayNumber(last))
}

function dayNumber(date: Uint8Array): number {
  const digits = toHex(date)
  return monthNumber(digits.slice(0, 2), digits.slice(2, 4)) * 100 + decimal(digits.slice(4))
}

// EMV 4.4 Book 4, 6.7.3: years 00 to 49 are 20xx, 50 to 99 are 19xx.
function monthNumber(year: string, month: string): number {
  const years = decimal(year)
  const months = decimal(month)
  return months >= 1 && months <= 12 ? (years < 50 ? years + 100 : years) * 12 + months : Number.NaN
}

function decimal(digits: string): number {
  return /^[0-9]{2}$/.test(digits) ? Number(digits) : Number.NaN
}
