import { toHex } from '../bytes/bytes.ts'

/** Decimal digits that bytes give: those of their hexadecimal form first, then its letters as 0 to 5 (Visa's two-pass decimalization). */
export function decimalize(bytes: Uint8Array): string {
  const hex = toHex(bytes)
  const letters = hex.replace(/[0-9]/g, '').replace(/[A-F]/g, (letter) => String(letter.charCodeAt(0) - 65))
  return hex.replace(/[A-F]/g, '') + letters
}
