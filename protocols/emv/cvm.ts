import { toHex } from '../bytes/bytes.ts'

/** One rule of a CVM List: what to do, and when. EMV 4.4 Book 3, Annex C3. */
export interface CvmRule {
  /** Byte 1, with the bit that lets the next rule be tried. */
  code: number
  condition: number
}

export interface CvmList {
  /** Amount X, in minor units of the application currency. */
  x: number
  y: number
  rules: CvmRule[]
}

/** Bytes that are no CVM List. Messages name lengths. */
export class CvmListError extends Error {
  override name = 'CvmListError'
}

const AMOUNT_BYTES = 4
const METHOD_MASK = 0x3f
const APPLY_NEXT = 0x40
const NOT_PERFORMED = 0x3f

// Table 39; biometrics came with EMV 4.4.
const METHODS: Readonly<Record<number, string>> = {
  0: 'fail CVM processing',
  1: 'plaintext PIN verified by the card',
  2: 'enciphered PIN verified online',
  3: 'plaintext PIN verified by the card, and signature',
  4: 'enciphered PIN verified by the card',
  5: 'enciphered PIN verified by the card, and signature',
  6: 'facial biometric verified by the card',
  7: 'facial biometric verified online',
  8: 'finger biometric verified by the card',
  9: 'finger biometric verified online',
  10: 'palm biometric verified by the card',
  11: 'palm biometric verified online',
  12: 'iris biometric verified by the card',
  13: 'iris biometric verified online',
  14: 'voice biometric verified by the card',
  15: 'voice biometric verified online',
  30: 'signature',
  31: 'no CVM required',
}

// Table 40
const CONDITIONS: Readonly<Record<number, string>> = {
  0: 'always',
  1: 'if unattended cash',
  2: 'if neither unattended cash, manual cash nor purchase with cashback',
  3: 'if the terminal supports the CVM',
  4: 'if manual cash',
  5: 'if purchase with cashback',
  6: 'if in the application currency and under X',
  7: 'if in the application currency and over X',
  8: 'if in the application currency and under Y',
  9: 'if in the application currency and over Y',
}

// Book 4, Annex A4
const RESULTS: Readonly<Record<number, string>> = { 0: 'unknown', 1: 'failed', 2: 'successful' }

/** Reads a CVM List (tag 8E): two amounts of 4 bytes and one or more rules of 2. Throws {@link CvmListError} for another length. */
export function parseCvmList(value: Uint8Array): CvmList {
  const first = 2 * AMOUNT_BYTES
  if (value.length < first + 2 || value.length % 2 !== 0)
    throw new CvmListError(
      `expected two amounts and rules of 2 bytes, at least 10 bytes, got ${value.length}`,
    )
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  const rules = Array.from({ length: (value.length - first) / 2 }, (_, index) => ({
    code: view.getUint8(first + 2 * index),
    condition: view.getUint8(first + 2 * index + 1),
  }))
  return { x: view.getUint32(0), y: view.getUint32(AMOUNT_BYTES), rules }
}

/** A CVM code and its condition in words, and what follows when it is not successful. */
export function describeCvmRule({ code, condition }: CvmRule): string {
  const next = (code & APPLY_NEXT) === 0 ? 'else fail' : 'else next rule'
  return `${methodOf(code)}, ${conditionOf(condition)}, ${next}`
}

/** CVM Results (tag 9F34, 3 bytes) in words; null for another length. */
export function describeCvmResults(value: Uint8Array): string | null {
  const [code, condition, result] = value
  if (value.length !== 3 || code === undefined || condition === undefined || result === undefined) return null
  const outcome = RESULTS[result] ?? `reserved result ${hex(result)}`
  if (code === NOT_PERFORMED) return `no CVM performed, ${outcome}`
  return `${methodOf(code)}, ${conditionOf(condition)}: ${outcome}`
}

function methodOf(code: number): string {
  const method = code & METHOD_MASK
  return METHODS[method] ?? `${method >= 0x20 && method < 0x3f ? 'proprietary' : 'reserved'} CVM ${hex(code)}`
}

function conditionOf(condition: number): string {
  return (
    CONDITIONS[condition] ?? `${condition >= 0x80 ? 'proprietary' : 'reserved'} condition ${hex(condition)}`
  )
}

function hex(byte: number): string {
  return toHex(Uint8Array.of(byte))
}
