import type { Response } from '../../protocols/apdu/response.ts'

/** Status words that this card refuses with, EMV 4.4 Book 3, 6.3.5 and the command's own section. */
export const SW = {
  ok: 0x9000,
  blocked: 0x6283,
  authenticationFailed: 0x6300,
  wrongLength: 0x6700,
  methodBlocked: 0x6983,
  dataInvalidated: 0x6984,
  conditionsNotSatisfied: 0x6985,
  messagingObjectMissing: 0x6987,
  messagingObjectWrong: 0x6988,
  wrongData: 0x6a80,
  functionNotSupported: 0x6a81,
  fileNotFound: 0x6a82,
  recordNotFound: 0x6a83,
  wrongP1P2: 0x6a86,
  dataNotFound: 0x6a88,
  instructionNotSupported: 0x6d00,
  classNotSupported: 0x6e00,
} as const

export function answer(data: Uint8Array): Response {
  return { data, sw: SW.ok }
}

export function refuse(reason: keyof typeof SW): Response {
  return { data: new Uint8Array(), sw: SW[reason] }
}

/** A wrong PIN and how often another may be tried, EMV 4.4 Book 3, 6.5.12. */
export function wrongPin(triesLeft: number): Response {
  return { data: new Uint8Array(), sw: 0x63c0 + triesLeft }
}
