import { concat } from '../../../protocols/bytes/bytes.ts'
import { toBcd } from '../../../protocols/emv/numeric.ts'
import type { OutcomeCvm } from './outcome-parameters.ts'

/** What a reader shows, EMV Contactless Book A, 9.4, as far as Entry Point and kernel 2 use it. */
export const MESSAGES = {
  approved: { id: 0x03, text: 'Approved' },
  'not authorised': { id: 0x07, text: 'Not authorised' },
  'enter PIN': { id: 0x09, text: 'Please enter your PIN' },
  'present card': { id: 0x15, text: 'Present card' },
  'card read ok': { id: 0x17, text: 'Card read OK, please remove card' },
  'insert or swipe': { id: 0x18, text: 'Please insert or swipe card' },
  'approved, sign': { id: 0x1a, text: 'Approved, please sign' },
  authorising: { id: 0x1b, text: 'Authorising, please wait' },
  'other card': { id: 0x1c, text: 'Insert, swipe or try another card' },
  'insert card': { id: 0x1d, text: 'Please insert card' },
  'clear display': { id: 0x1e, text: '' },
  'see phone': { id: 0x20, text: 'See phone for instructions' },
  'try again': { id: 0x21, text: 'Present card again' },
  none: { id: 0xff, text: '' },
} as const satisfies Record<string, { id: number; text: string }>

export type Message = keyof typeof MESSAGES

/** State of the reader that goes with a message, Book C-2, Annex A (User Interface Request Data, byte 2). */
export const STATUSES = {
  'not ready': 0x00,
  idle: 0x01,
  'ready to read': 0x02,
  processing: 0x03,
  'card read successfully': 0x04,
  'processing error': 0x05,
  none: 0xff,
} as const satisfies Record<string, number>

export type Status = keyof typeof STATUSES

const QUALIFIERS = { none: 0x00, amount: 0x10, balance: 0x20 } as const

/** User Interface Request Data, DF8116. */
export interface UserInterfaceRequest {
  message: Message
  status: Status
  /** How long the message stays at least, milliseconds; a multiple of 100. */
  holdMs: number
  /** ISO 639-1 codes, at most four, 5F2D; empty when the card names none. */
  language: Uint8Array
  /** An amount or a balance to show, minor units; null for none. */
  value: { kind: 'amount' | 'balance'; amount: bigint; currency: Uint8Array } | null
}

/** A message without anything beside it. */
export function showing(message: Message, status: Status, holdMs = 0): UserInterfaceRequest {
  return { message, status, holdMs, language: new Uint8Array(), value: null }
}

/** How an approval is shown: Book A, 9.4, messages 03 and 1A. */
export function approvalOf(cvm: OutcomeCvm): Message {
  return cvm === 'OBTAIN SIGNATURE' ? 'approved, sign' : 'approved'
}

/** DF8116, 22 bytes: message, status, hold time (n 6, 100 ms), language (8), qualifier, value (n 12), currency (Book C-2, Annex A). */
export function encodeUserInterfaceRequest(request: UserInterfaceRequest): Uint8Array {
  const { message, status, holdMs, language, value } = request
  return concat(
    Uint8Array.of(MESSAGES[message].id, STATUSES[status]),
    toBcd(Math.round(holdMs / 100), 3),
    padded(language, 8),
    Uint8Array.of(QUALIFIERS[value?.kind ?? 'none']),
    toBcd(value?.amount ?? 0n, 6),
    padded(value?.currency ?? new Uint8Array(), 2),
  )
}

/** `"Please insert card", not ready`. */
export function describeUserInterfaceRequest({
  message,
  status,
  holdMs,
  value,
}: UserInterfaceRequest): string {
  const parts = [
    `"${MESSAGES[message].text || message}"`,
    status,
    holdMs > 0 ? `held ${holdMs} ms` : '',
    value === null ? '' : `${value.kind} ${value.amount}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  return concat(bytes.subarray(0, length), new Uint8Array(Math.max(0, length - bytes.length)))
}
