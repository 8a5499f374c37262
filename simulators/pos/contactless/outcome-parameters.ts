/** How a kernel ended, Book A, 6.2 and Book C-2, Annex A (Outcome Parameter Set, byte 1). */
export const OUTCOME_STATUSES = {
  APPROVED: 0x10,
  DECLINED: 0x20,
  'ONLINE REQUEST': 0x30,
  'END APPLICATION': 0x40,
  'SELECT NEXT': 0x50,
  'TRY ANOTHER INTERFACE': 0x60,
  'TRY AGAIN': 0x70,
} as const satisfies Record<string, number>

export type OutcomeStatus = keyof typeof OUTCOME_STATUSES

/** Where Entry Point starts again, Book B, 2.2: A pre-processing, B protocol activation, C combination selection, D kernel. */
const STARTS = { A: 0x00, B: 0x10, C: 0x20, D: 0x30, none: 0xf0 } as const

export type Start = keyof typeof STARTS

/** What the cardholder has to do (byte 4). */
export const OUTCOME_CVMS = {
  'NO CVM': 0x00,
  'OBTAIN SIGNATURE': 0x10,
  'ONLINE PIN': 0x20,
  'CONFIRMATION CODE VERIFIED': 0x30,
  none: 0xf0,
} as const satisfies Record<string, number>

export type OutcomeCvm = keyof typeof OUTCOME_CVMS

/** Outcome Parameter Set, DF8129. */
export interface OutcomeParameterSet {
  status: OutcomeStatus
  start: Start
  cvm: OutcomeCvm
  uiRequestOnOutcome: boolean
  uiRequestOnRestart: boolean
  dataRecord: boolean
  discretionaryData: boolean
  receipt: boolean
  /** How long the field is off before it starts again, 100 ms; null: not asked for. */
  fieldOff: number | null
  /** How long the card has to be gone, 100 ms. */
  removalTimeout: number
}

export const NO_OUTCOME: Omit<OutcomeParameterSet, 'status'> = {
  start: 'none',
  cvm: 'none',
  uiRequestOnOutcome: false,
  uiRequestOnRestart: false,
  dataRecord: false,
  discretionaryData: false,
  receipt: false,
  fieldOff: null,
  removalTimeout: 0,
}

const NOT_APPLICABLE = 0xf0
const NO_FIELD_OFF = 0xff

/** DF8129, 8 bytes (Book C-2, Annex A): online response data and alternate interface preference are not applicable in kernel 2. */
export function encodeOutcomeParameterSet(set: OutcomeParameterSet): Uint8Array {
  return Uint8Array.of(
    OUTCOME_STATUSES[set.status],
    STARTS[set.start],
    NOT_APPLICABLE,
    OUTCOME_CVMS[set.cvm],
    flags(set),
    NOT_APPLICABLE,
    set.fieldOff ?? NO_FIELD_OFF,
    set.removalTimeout,
  )
}

/** `ONLINE REQUEST, ONLINE PIN, receipt`. */
export function describeOutcomeParameterSet(set: OutcomeParameterSet): string {
  const parts = [
    set.status,
    set.start === 'none' ? '' : `start ${set.start}`,
    set.cvm === 'none' ? '' : set.cvm,
    set.receipt ? 'receipt' : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

// Byte 5, bits 8 to 4.
function flags(set: OutcomeParameterSet): number {
  const bits = [
    set.uiRequestOnOutcome,
    set.uiRequestOnRestart,
    set.dataRecord,
    set.discretionaryData,
    set.receipt,
  ]
  return bits.reduce((byte, bit, index) => (bit ? byte | (0x80 >> index) : byte), 0)
}
