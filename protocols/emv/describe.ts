import { type Command, parseCommand } from '../apdu/command.ts'
import { instructionOf } from '../apdu/instructions.ts'
import { describeStatus } from '../apdu/status-words.ts'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { CDOL1 } from '../interledger/application.ts'
import { type DolEntry, dolLength, parseDol, splitDol } from '../tlv/dol.ts'
import { parseTlv, type Tlv } from '../tlv/tlv.ts'
import { meaningOf, partsOf } from './meaning.ts'
import { redactApdu } from './redact.ts'
import { tagName } from './tags.ts'

/** One line of a decoded APDU. */
export interface Line {
  /** How far to indent: 0 for the command or the status word, 1 for its data, more inside templates. */
  depth: number
  /** `9F36 Application Transaction Counter (ATC)`, or the name of a command. */
  name: string
  /** The bytes, upper-case hexadecimal with `*` for hidden digits; empty for templates. */
  hex: string
  /** The value in words, or null. */
  meaning: string | null
}

/** An APDU: its bytes, or the text that `redactApdu` made of them. */
export type ApduText = Uint8Array | string

/**
 * A command in words. `dol`: the list that its data follows, where the card gave one (PDOL, CDOL). Never throws, and shows no more than
 * `redactApdu` does.
 */
export function describeCommand(apdu: ApduText, dol?: readonly DolEntry[]): Line[] {
  return describe(apdu, 'command', (trace) => commandLines(trace, dol))
}

/** A command in one line: a selection with what it selects, every other command with its parameters. Never throws. */
export function commandTitle(apdu: ApduText): string {
  const [title, object] = describeCommand(apdu)
  const words = object?.name.startsWith('84 ') ? (object.meaning ?? object.hex) : title?.meaning
  return [title?.name, words].filter(Boolean).join(' ')
}

/** A response in words, the status word first. `command`: the one it answers. Never throws, and shows no more than `redactApdu` does. */
export function describeResponse(command: ApduText, apdu: ApduText): Line[] {
  return describe(apdu, 'response', (trace) =>
    responseLines(
      trace,
      attempt(() => parseCommand(traceOf(command).bytes)),
    ),
  )
}

/** Redacted digits, and the bytes they make with 0 for each hidden one: what is decoded never holds a secret. */
interface Trace {
  text: string
  bytes: Uint8Array
}

function traceOf(apdu: ApduText): Trace {
  const text = typeof apdu === 'string' ? apdu : redactApdu(apdu)
  return { text, bytes: fromHex(text.replaceAll('*', '0')) }
}

function describe(apdu: ApduText, what: string, linesOf: (trace: Trace) => Line[]): Line[] {
  const trace = attempt(() => traceOf(apdu))
  if (trace === null) return [{ depth: 0, name: `${what} that is no hexadecimal`, hex: '', meaning: null }]
  const lines = attempt(() => linesOf(trace))
  // Hidden digits outside of values mean that redaction could not read the APDU: nor can this.
  if (lines !== null && stars(lines.map(({ hex }) => hex).join('')) === stars(trace.text)) return lines
  return [{ depth: 0, name: `${what} that cannot be read`, hex: trace.text, meaning: null }]
}

function commandLines(trace: Trace, dol: readonly DolEntry[] | undefined): Line[] {
  const command = parseCommand(trace.bytes)
  const { cla, ins, data } = command
  const title: Line = {
    depth: 0,
    name: instructionOf(cla, ins)?.name ?? 'unknown command',
    hex: trace.text.slice(0, 8),
    meaning: PARAMETERS.get(ins)?.(command) ?? null,
  }
  return data === undefined ? [title] : [title, ...dataLines(trace, ins, data, dol)]
}

const SELECT = 0xa4
const GET_PROCESSING_OPTIONS = 0xa8
const GENERATE_AC = 0xae

// EMV 4.4 Book 3, 6.5.5.2, Table 12; the last is reserved there.
const REQUESTED = [
  'AAC requested',
  'TC requested',
  'ARQC requested',
  'type 11 requested, as Interledger terminals do',
]

const PARAMETERS: ReadonlyMap<number, (command: Command) => string> = new Map([
  [SELECT, ({ p2 }: Command) => (p2 === 0x02 ? 'next occurrence' : 'first or only occurrence')],
  [0xb2, ({ p1, p2 }: Command) => `SFI ${p2 >> 3}, record ${p1}`],
  [0xca, ({ p1, p2 }: Command) => objectNamed(p1, p2)],
  [0xda, ({ p1, p2 }: Command) => objectNamed(p1, p2)],
  [GENERATE_AC, ({ p1 }: Command) => REQUESTED[p1 >> 6] ?? ''],
])

/** P1 and P2 are the tag, EMV 4.4 Book 3, 6.5.7. */
function objectNamed(p1: number, p2: number): string {
  const tag = toHex(p1 === 0 ? Uint8Array.of(p2) : Uint8Array.of(p1, p2))
  return `${tag} ${tagName(tag)}`
}

function dataLines(
  trace: Trace,
  ins: number,
  data: Uint8Array,
  dol: readonly DolEntry[] | undefined,
): Line[] {
  if (ins === SELECT) return [lineOf(trace, 1, '84', data)]
  const [template] = ins === GET_PROCESSING_OPTIONS ? parseTlv(data) : []
  const values = template?.value ?? data
  const list = dol ?? (ins === GENERATE_AC ? CDOL1 : [])
  const fits = list.length > 0 && dolLength(list) === values.length
  const rest = fits ? dolLines(trace, list, values) : [{ ...lineOf(trace, 1, '', values), name: 'data' }]
  return template === undefined
    ? rest
    : [{ ...lineOf(trace, 1, template.tag, values) }, ...(fits ? rest : [])]
}

function dolLines(trace: Trace, dol: readonly DolEntry[], data: Uint8Array): Line[] {
  return [...splitDol(dol, data)].map(([tag, value]) => lineOf(trace, 1, tag, value))
}

function responseLines(trace: Trace, command: Command | null): Line[] {
  const { bytes, text } = trace
  if (bytes.length < 2) return [{ depth: 0, name: 'response without status word', hex: text, meaning: null }]
  const [sw1 = 0, sw2 = 0] = bytes.subarray(-2)
  const status = {
    depth: 0,
    name: 'status word',
    hex: text.slice(-4),
    meaning: describeStatus(sw1 * 256 + sw2),
  }
  return [status, ...parseTlv(bytes.subarray(0, -2)).flatMap((tlv) => tlvLines(trace, 1, tlv, command))]
}

function tlvLines(
  trace: Trace,
  depth: number,
  { tag, value, children }: Tlv,
  command: Command | null,
): Line[] {
  const template = { depth, name: `${tag} ${tagName(tag)}`, hex: '', meaning: null }
  if (children !== undefined)
    return [template, ...children.flatMap((child) => tlvLines(trace, depth + 1, child, command))]
  const parts = tag === '80' ? (formatOne(value, command?.ins) ?? []) : []
  if (parts.length > 0)
    return [template, ...parts.map(([part, bytes]) => lineOf(trace, depth + 1, part, bytes))]
  const line = lineOf(trace, depth, tag, value)
  const list = DOLS.has(tag) ? (attempt(() => parseDol(value)) ?? []) : []
  return [
    line,
    ...list.map((entry) => dolEntryLine(depth + 1, entry)),
    ...partLines(trace, depth + 1, tag, value),
  ]
}

/** Nothing for a value with hidden digits: its parts could be other than they seem. */
function partLines(trace: Trace, depth: number, tag: string, value: Uint8Array): Line[] {
  if (stars(hexOf(trace, value)) > 0) return []
  const parts = attempt(() => partsOf(tag, value)) ?? []
  return parts.map((part) => ({
    depth,
    name: part.name,
    hex: hexOf(trace, part.value),
    meaning: part.meaning,
  }))
}

const DOLS = new Set(['8C', '8D', '97', '9F38', '9F49', '9F4F', '9F51', '9F5B', '9F69'])

function dolEntryLine(depth: number, { tag, length }: DolEntry): Line {
  return {
    depth,
    name: `${tag} ${tagName(tag)}`,
    hex: '',
    meaning: length === 1 ? '1 byte' : `${length} bytes`,
  }
}

/** The parts of a response in format 1, which carries no tags: EMV 4.4 Book 3, 6.5.8.4 and 6.5.5.4. */
function formatOne(value: Uint8Array, ins: number | undefined): [string, Uint8Array][] | undefined {
  const cut = (tag: string, start: number, end?: number): [string, Uint8Array] => [
    tag,
    value.subarray(start, end),
  ]
  if (ins === GET_PROCESSING_OPTIONS && value.length >= 6) return [cut('82', 0, 2), cut('94', 2)]
  if (ins === GENERATE_AC && value.length >= 11)
    return [cut('9F27', 0, 1), cut('9F36', 1, 3), cut('9F26', 3, 11), cut('9F10', 11)].filter(
      ([, bytes]) => bytes.length > 0,
    )
  return undefined
}

function lineOf(trace: Trace, depth: number, tag: string, value: Uint8Array): Line {
  const hex = hexOf(trace, value)
  const readable = stars(hex) === 0 || HIDDEN_UNREAD.has(tag)
  const meaning = readable ? attempt(() => meaningOf(tag, value)) : null
  return { depth, name: `${tag} ${tagName(tag)}`, hex, meaning }
}

/** Tags whose meaning is made of digits that redaction never hides. */
const HIDDEN_UNREAD = new Set(['57', '9F6B'])

function hexOf({ text, bytes }: Trace, value: Uint8Array): string {
  const start = (value.byteOffset - bytes.byteOffset) * 2
  return text.slice(start, start + value.length * 2)
}

function stars(text: string): number {
  return text.split('*').length - 1
}

/** What `make` gives, or null when it throws: a trace is an aid and never ends what it describes. */
function attempt<Result>(make: () => Result): Result | null {
  try {
    return make()
  } catch {
    return null
  }
}
