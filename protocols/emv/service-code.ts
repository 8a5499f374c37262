/** Digit 1 to 3 of a service code, ISO/IEC 7813, 4.2.1.5. */
const DIGITS: readonly Readonly<Record<string, string>>[] = [
  {
    '1': 'international interchange',
    '2': 'international interchange, use the chip where feasible',
    '5': 'national interchange only',
    '6': 'national interchange only, use the chip where feasible',
    '7': 'no interchange but by agreement',
    '9': 'test card',
  },
  {
    '0': 'normal authorisation',
    '2': 'authorisation by the issuer, online',
    '4': 'authorisation by the issuer, online, but by agreement',
  },
  {
    '0': 'no restrictions, PIN required',
    '1': 'no restrictions',
    '2': 'goods and services only',
    '3': 'ATM only, PIN required',
    '4': 'cash only',
    '5': 'goods and services only, PIN required',
    '6': 'no restrictions, prompt for PIN if there is a PIN pad',
    '7': 'goods and services only, prompt for PIN if there is a PIN pad',
  },
]

/** A service code of three digits (tag 5F30 and track data) in words; null for anything else. */
export function describeServiceCode(code: string): string | null {
  if (!/^\d{3}$/.test(code)) return null
  return [...code].map((digit, index) => DIGITS[index]?.[digit] ?? `digit ${index + 1} reserved`).join('; ')
}
