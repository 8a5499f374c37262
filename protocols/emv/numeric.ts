import { toHex } from '../bytes/bytes.ts'

/** Bytes with a nibble that is no decimal digit, or that are no date or time. Messages name positions, never values. */
export class NumericError extends Error {
  override name = 'NumericError'
}

/**
 * `value` as decimal digits, two a byte, right-justified (format n, EMV 4.4 Book 3, 4.3). Throws a RangeError when it is negative, no
 * integer, or does not fit `bytes`.
 */
export function toBcd(value: bigint | number, bytes: number): Uint8Array {
  const digits = BigInt(value).toString()
  if (digits.startsWith('-') || digits.length > bytes * 2)
    throw new RangeError(`expected a number of at most ${bytes * 2} digits, got ${digits.length} characters`)
  return new Uint8Array(Buffer.from(digits.padStart(bytes * 2, '0'), 'hex'))
}

/** The number that decimal digits, two a byte, make. Throws {@link NumericError} on any other nibble and on no bytes at all. */
export function fromBcd(bytes: Uint8Array): bigint {
  const digits = toHex(bytes)
  const wrong = digits.search(/[^0-9]/)
  if (digits === '' || wrong >= 0)
    throw new NumericError(
      digits === ''
        ? 'expected decimal digits, got no bytes'
        : `expected decimal digits, got another nibble at position ${wrong + 1} of ${digits.length}`,
    )
  return BigInt(digits)
}

/** Date of a moment in UTC, YYMMDD in 3 bytes (tag 9A). `ms`: milliseconds since 1970. */
export function emvDate(ms: number): Uint8Array {
  const date = new Date(ms)
  return toBcd((date.getUTCFullYear() % 100) * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate(), 3)
}

/** Time of day of a moment in UTC, HHMMSS in 3 bytes (tag 9F21). `ms`: milliseconds since 1970. */
export function emvTime(ms: number): Uint8Array {
  const date = new Date(ms)
  return toBcd(date.getUTCHours() * 10_000 + date.getUTCMinutes() * 100 + date.getUTCSeconds(), 3)
}

/**
 * Milliseconds since 1970 of a date (YYMMDD) and a time (HHMMSS) in UTC; years 00 to 49 are 20xx, 50 to 99 are 19xx. Throws
 * {@link NumericError} when they are not digits, not 3 bytes, or not in the calendar.
 */
export function fromEmvDateTime(date: Uint8Array, time: Uint8Array = new Uint8Array(3)): number {
  const [year, month, day] = pairs(date, 'date')
  const [hour, minute, second] = pairs(time, 'time')
  const ms = Date.UTC(year + (year < 50 ? 2000 : 1900), month - 1, day, hour, minute, second)
  // Date.UTC rolls 31 June over to July: what does not come back the same was no date.
  if (toHex(emvDate(ms)) !== toHex(date) || toHex(emvTime(ms)) !== toHex(time))
    throw new NumericError('expected a date and time of the calendar, got one that does not exist')
  return ms
}

function pairs(bytes: Uint8Array, what: string): [number, number, number] {
  if (bytes.length !== 3) throw new NumericError(`expected a ${what} of 3 bytes, got ${bytes.length}`)
  const number = Number(fromBcd(bytes))
  return [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100]
}
