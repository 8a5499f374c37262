import { createHash } from 'node:crypto'
import { fromHex } from '../../bytes/bytes.ts'
import { decimalize } from '../../mac/decimalize.ts'

const SHORT_PAN_DIGITS = 16

/** Which of EMV 4.4 Book 2, A1.4 turns the account number into the diversification value Y. */
export type DerivationOption = 'A' | 'B' | 'C'

const OPTIONS: Record<DerivationOption, (pan: string, psn: string) => Uint8Array> = {
  A: rightmost,
  B: (pan, psn) => (pan.length <= SHORT_PAN_DIGITS ? rightmost(pan, psn) : hashedDiversifier(pan, psn)),
  C: (pan, psn) => fromHex((pan + psn).padStart(32, '0')),
}

/**
 * The diversification value Y of a card, EMV 4.4 Book 2, A1.4: 8 bytes for options A and B (triple DES), 16 for option C (AES).
 * `pan`: decimal digits, at most 19; `psn`: the two digits of the PAN sequence number, `00` where the card has none. Throws a RangeError
 * on anything else.
 */
export function diversifier(option: DerivationOption, pan: string, psn: string): Uint8Array {
  checkDigits(pan, psn)
  return OPTIONS[option](pan, psn)
}

/**
 * Y as option B makes it of a PAN longer than 16 digits, for a PAN of any length: the first 16 decimal digits of SHA-1 over PAN and PSN,
 * then, where there are fewer, the letters as 0 to 5 (EMV 4.4 Book 2, A1.4.2). 8 bytes.
 */
export function hashedDiversifier(pan: string, psn: string): Uint8Array {
  checkDigits(pan, psn)
  const digits = pan + psn
  const input = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`)
  return fromHex(decimalize(createHash('sha1').update(input).digest()).slice(0, 16))
}

function rightmost(pan: string, psn: string): Uint8Array {
  return fromHex((pan + psn).slice(-16).padStart(16, '0'))
}

function checkDigits(pan: string, psn: string): void {
  if (!/^[0-9]{1,19}$/.test(pan))
    throw new RangeError(`expected a PAN of 1 to 19 decimal digits, got ${pan.length} characters`)
  if (!/^[0-9]{2}$/.test(psn))
    throw new RangeError(`expected a PAN sequence number of 2 decimal digits, got ${psn.length} characters`)
}
