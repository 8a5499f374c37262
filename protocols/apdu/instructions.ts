/** What the data field of a command holds, as far as its secrecy goes. */
export type DataKind =
  /** A name: nothing to hide. */
  | 'plain'
  /** None: if there is some, nobody knows what it is. */
  | 'none'
  /** BER-TLV data objects. */
  | 'tlv'
  /** Values without tags: what they are stands in a list elsewhere. */
  | 'opaque'
  /** A PIN, clear or enciphered. */
  | 'pin'

export interface Instruction {
  name: string
  data: DataKind
}

type Table = ReadonlyMap<number, Instruction>

// CLA 0x: ISO/IEC 7816-4 and EMV 4.4 Book 3, 6.3.2.
const INTERINDUSTRY: Table = new Map([
  [0x20, { name: 'VERIFY', data: 'pin' }],
  [0x24, { name: 'CHANGE REFERENCE DATA', data: 'pin' }],
  [0x2c, { name: 'RESET RETRY COUNTER', data: 'pin' }],
  [0x82, { name: 'EXTERNAL AUTHENTICATE', data: 'opaque' }],
  [0x84, { name: 'GET CHALLENGE', data: 'none' }],
  [0x88, { name: 'INTERNAL AUTHENTICATE', data: 'opaque' }],
  [0xa4, { name: 'SELECT', data: 'plain' }],
  [0xb0, { name: 'READ BINARY', data: 'none' }],
  [0xb2, { name: 'READ RECORD', data: 'none' }],
  [0xc0, { name: 'GET RESPONSE', data: 'none' }],
  [0xca, { name: 'GET DATA', data: 'none' }],
])

// CLA 80: EMV 4.4 Book 3, 6.3.2, and EMV Contactless Book C-2, 5.
const PROPRIETARY: Table = new Map([
  [0x2a, { name: 'COMPUTE CRYPTOGRAPHIC CHECKSUM', data: 'opaque' }],
  [0xa8, { name: 'GET PROCESSING OPTIONS', data: 'tlv' }],
  [0xae, { name: 'GENERATE AC', data: 'opaque' }],
  [0xca, { name: 'GET DATA', data: 'none' }],
  [0xd0, { name: 'RECOVER AC', data: 'opaque' }],
  [0xda, { name: 'PUT DATA', data: 'opaque' }],
  [0xea, { name: 'EXCHANGE RELAY RESISTANCE DATA', data: 'opaque' }],
])

// CLA 84 and 8C, secure messaging: issuer scripts, EMV 4.4 Book 3, 6.5.
const SECURE: Table = new Map([
  [0x16, { name: 'CARD BLOCK', data: 'opaque' }],
  [0x18, { name: 'APPLICATION UNBLOCK', data: 'opaque' }],
  [0x1e, { name: 'APPLICATION BLOCK', data: 'opaque' }],
  [0x24, { name: 'PIN CHANGE/UNBLOCK', data: 'pin' }],
  [0xda, { name: 'PUT DATA', data: 'opaque' }],
  [0xdc, { name: 'UPDATE RECORD', data: 'opaque' }],
])

/** The instruction that CLA and INS name, or undefined. */
export function instructionOf(cla: number, ins: number): Instruction | undefined {
  if (cla < 0x10) return INTERINDUSTRY.get(ins)
  if (cla < 0x80 || cla > 0x8f) return undefined
  return (cla < 0x84 ? PROPRIETARY : SECURE).get(ins)
}
