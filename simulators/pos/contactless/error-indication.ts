import { MESSAGES, type Message } from './user-interface.ts'

/** What broke between reader and card (Book C-2, Annex A, Error Indication, byte 1). */
export const L1_ERRORS = {
  OK: 0x00,
  'TIME OUT ERROR': 0x01,
  'TRANSMISSION ERROR': 0x02,
  'PROTOCOL ERROR': 0x03,
} as const satisfies Record<string, number>

/** What the card answered wrong (byte 2). The codes of Integrated Data Storage (0B to 0E) have no use here. */
export const L2_ERRORS = {
  OK: 0x00,
  'CARD DATA MISSING': 0x01,
  'CAM FAILED': 0x02,
  'STATUS BYTES': 0x03,
  'PARSING ERROR': 0x04,
  'MAX LIMIT EXCEEDED': 0x05,
  'CARD DATA ERROR': 0x06,
  'MAGSTRIPE NOT SUPPORTED': 0x07,
  'NO PPSE': 0x08,
  'PPSE FAULT': 0x09,
  'EMPTY CANDIDATE LIST': 0x0a,
  'TERMINAL DATA ERROR': 0x0f,
} as const satisfies Record<string, number>

/** What the terminal itself did (byte 3). */
export const L3_ERRORS = {
  OK: 0x00,
  'TIME OUT': 0x01,
  STOP: 0x02,
  'AMOUNT NOT PRESENT': 0x03,
} as const satisfies Record<string, number>

/** Error Indication, DF8115. */
export interface ErrorIndication {
  l1: keyof typeof L1_ERRORS
  l2: keyof typeof L2_ERRORS
  l3: keyof typeof L3_ERRORS
  /** Status word of the card when `l2` is STATUS BYTES, otherwise 0. */
  sw: number
  messageOnError: Message
}

export const NO_ERROR: ErrorIndication = { l1: 'OK', l2: 'OK', l3: 'OK', sw: 0, messageOnError: 'none' }

/** DF8115, 6 bytes: L1, L2, L3, SW12, message on error (Book C-2, Annex A). */
export function encodeErrorIndication({ l1, l2, l3, sw, messageOnError }: ErrorIndication): Uint8Array {
  return Uint8Array.of(
    L1_ERRORS[l1],
    L2_ERRORS[l2],
    L3_ERRORS[l3],
    sw >> 8,
    sw & 0xff,
    MESSAGES[messageOnError].id,
  )
}

/** `L2 STATUS BYTES 6985`; `no error`. */
export function describeErrorIndication({ l1, l2, l3, sw }: ErrorIndication): string {
  const levels = [
    l1 === 'OK' ? '' : `L1 ${l1}`,
    l2 === 'OK' ? '' : `L2 ${l2}`,
    l3 === 'OK' ? '' : `L3 ${l3}`,
    sw === 0 ? '' : sw.toString(16).toUpperCase().padStart(4, '0'),
  ]
  return levels.filter((level) => level !== '').join(' ') || 'no error'
}
