import { toHex } from '../bytes/bytes.ts'

// Book 4, Annex A5, byte 1, high half.
const OUTCOMES: Readonly<Record<number, string>> = { 0: 'not performed', 1: 'failed', 2: 'successful' }
const BYTES = 5
const MOST_NUMBERED = 0x0f

/** Issuer Script Results (5 bytes: outcome and command, script identifier), EMV 4.4 Book 4, Annex A5, in words; null for another length. */
export function describeScriptResult(value: Uint8Array): string | null {
  const [first] = value
  if (value.length !== BYTES || first === undefined) return null
  const outcome = OUTCOMES[first >> 4] ?? `reserved outcome ${first >> 4}`
  const command = first & 0x0f
  const at = command === 0 ? '' : ` at command ${command}${command === MOST_NUMBERED ? ' or later' : ''}`
  return `script ${toHex(value.subarray(1))}: ${outcome}${at}`
}
