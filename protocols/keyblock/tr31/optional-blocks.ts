import { refuse } from './reasons.ts'

/** An optional block of the header. */
export interface OptionalBlock {
  /** Two letters or digits. */
  id: string
  /** Printable ASCII. */
  data: string
}

const KCV = /^(00([0-9A-F]{2}){1,3}|01([0-9A-F]{2}){1,5})$/
const TIME = /^(\d{14}(\d\d)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d\d)?)Z$/

/** The optional blocks of X9.143:2021, 6.3.6 and the form of their data. */
export const OPTIONAL_BLOCKS: Readonly<Record<string, { name: string; form: RegExp }>> = {
  AL: { name: 'asymmetric key life', form: /^010[01]$/ },
  BI: { name: 'base derivation key identifier', form: /^(00[0-9A-F]{10}|01[0-9A-F]{8})$/ },
  CT: { name: 'public key certificate', form: /^0[012][0-9A-Za-z+/=]+$/ },
  DA: { name: 'derivations allowed', form: /^01([0-9A-Z]{5})+$/ },
  FL: { name: 'flags', form: /^[0-9A-F]+$/ },
  HM: { name: 'hash of the HMAC', form: /^(10|2[0-5]|3[0-3]|4[01])$/ },
  IK: { name: 'initial key identifier', form: /^[0-9A-F]{16}$/ },
  KC: { name: 'check value of the key', form: KCV },
  KP: { name: 'check value of the protection key', form: KCV },
  KS: { name: 'key set identifier and initial KSN', form: /^([0-9A-F]{16}|[0-9A-F]{20})$/ },
  KV: { name: 'key block values', form: /^[0-9A-Z]{4}$/ },
  LB: { name: 'label', form: /^[ -~]*$/ },
  PB: { name: 'padding', form: /^[ -~]*$/ },
  PK: { name: 'check value of the export protection key', form: KCV },
  TC: { name: 'time of creation', form: TIME },
  TS: { name: 'time stamp', form: TIME },
  WP: { name: 'wrapping pedigree', form: /^00[0-3]$/ },
}

const SHORT_FRAME = 4
const LONG_FRAME = 10
const LONGEST_SHORT = 255
const LENGTH_DIGITS = 4
// X9.143:2021 counts the digits of an extended length, readers of TR-31:2018 its bytes; both mean four digits.
const EXTENDED = /^00(04|02)([0-9A-F]{4})/

/** Whether the data has the form of its block. Blocks that are not of X9.143 may hold anything printable. */
export function hasItsForm({ id, data }: OptionalBlock): boolean {
  return OPTIONAL_BLOCKS[id]?.form.test(data) ?? true
}

/** Reads `count` optional blocks from the start of `text`; `length` is what they take, characters. */
export function parseOptionalBlocks(
  text: string,
  count: number,
): { blocks: OptionalBlock[]; length: number } {
  const blocks: OptionalBlock[] = []
  let length = 0
  while (blocks.length < count) {
    const { block, taken } = parseBlock(text.slice(length))
    if (blocks.some(({ id }) => id === block.id))
      refuse('optional-blocks', `expected each once, got ${block.id} again`)
    blocks.push(block)
    length += taken
  }
  return { blocks, length }
}

/** The text of optional blocks, the last of them PB where they would not fill whole blocks (X9.143:2021, 6.3.6). `random`: see wrap. */
export function buildOptionalBlocks(
  blocks: readonly OptionalBlock[],
  unit: number,
  random: (length: number) => Uint8Array,
): { text: string; count: number } {
  const text = blocks.map(buildBlock).join('')
  if (text.length % unit === 0) return { text, count: blocks.length }
  const missing = unit - ((text.length + SHORT_FRAME) % unit)
  const data = padding(missing % unit, random)
  return { text: text + buildBlock({ id: 'PB', data }), count: blocks.length + 1 }
}

function parseBlock(text: string): { block: OptionalBlock; taken: number } {
  const id = text.slice(0, 2)
  if (!/^[0-9A-Za-z]{2}$/.test(id))
    refuse('optional-blocks', 'expected an identifier of two letters or digits')
  const { frame, taken } = parseLength(id, text.slice(2))
  if (taken < frame || taken > text.length)
    refuse('optional-blocks', `expected ${id} to have a length of ${frame} to ${text.length}, got ${taken}`)
  return { block: { id, data: text.slice(frame, taken) }, taken }
}

function parseLength(id: string, text: string): { frame: number; taken: number } {
  const extended = EXTENDED.exec(text)
  if (extended !== null) return { frame: LONG_FRAME, taken: Number.parseInt(extended[2] ?? '', 16) }
  if (!/^(?!00)[0-9A-F]{2}/.test(text))
    refuse('optional-blocks', `expected ${id} to have a hexadecimal length`)
  return { frame: SHORT_FRAME, taken: Number.parseInt(text.slice(0, 2), 16) }
}

function buildBlock({ id, data }: OptionalBlock): string {
  const short = data.length + SHORT_FRAME
  if (short <= LONGEST_SHORT) return id + hex(short, 2) + data
  return `${id}00${hex(LENGTH_DIGITS, 2)}${hex(data.length + LONG_FRAME, LENGTH_DIGITS)}${data}`
}

// Letters and digits only: some HSM protocols use other characters as delimiters.
function padding(length: number, random: (length: number) => Uint8Array): string {
  return Buffer.from(random(length)).toString('hex').toUpperCase().slice(0, length)
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}
