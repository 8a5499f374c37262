import { type Command, encodeCommand } from '../../protocols/apdu/command.ts'
import { concat, fromHex } from '../../protocols/bytes/bytes.ts'
import type { CardDesk } from './card-desk.ts'
import { familyOf, sealed } from './issuer-side.ts'
import { draftOf } from './words.ts'

type Change = (command: Command, value: string, desk: CardDesk) => Command

/** What may be different in a command, before its issuer protects it. */
const CONTENT: readonly (readonly [RegExp, Change])[] = [
  [/^P1 ([0-9A-F]{2})$/, (command, value) => ({ ...command, p1: Number.parseInt(value, 16) })],
  [/^P2 ([0-9A-F]{2})$/, (command, value) => ({ ...command, p2: Number.parseInt(value, 16) })],
  [/^data ([0-9A-F]+)$/, (command, value) => ({ ...command, data: fromHex(value) })],
  [/^without data$/, ({ data: _, ...command }) => command],
  [/^a byte short$/, (command) => ({ ...command, data: (command.data ?? new Uint8Array()).slice(0, -1) })],
  [
    /^a byte long$/,
    (command) => ({ ...command, data: concat(command.data ?? new Uint8Array(), Uint8Array.of(0)) }),
  ],
]

/** And after that. */
const WRAPPING: readonly (readonly [RegExp, Change])[] = [
  [/^class ([0-9A-F]{2})$/, (command, value) => ({ ...command, cla: Number.parseInt(value, 16) })],
  [/^Le ([0-9A-F]{2})$/, (command, value) => ({ ...command, le: Number.parseInt(value, 16) || 256 })],
  [/^altered INS ([0-9A-F]{2})$/, (command, value) => ({ ...command, ins: Number.parseInt(value, 16) })],
  [/^altered P2 ([0-9A-F]{2})$/, (command, value) => ({ ...command, p2: Number.parseInt(value, 16) })],
  [/^altered data$/, (command) => ({ ...command, data: withOtherStart(command.data) })],
  [/^wrong MAC$/, (command) => ({ ...command, data: withOtherEnd(command.data) })],
  [/^without MAC$/, (command, _value, desk) => ({ ...command, data: withoutMac(desk, command.data) })],
]

/**
 * The bytes of a command that a feature file names: hexadecimal, or words of `words.ts`, then what is different in it, all separated by
 * commas: `GET DATA 9F36, class 00`. Throws for words and differences that it does not know.
 */
export async function commandOf(desk: CardDesk, text: string): Promise<Uint8Array> {
  if (/^([0-9A-F]{2})+$/.test(text)) return fromHex(text)
  const [words = '', ...differences] = text.split(', ')
  checkKnown(differences)
  const { command, script } = await draftOf(desk, words)
  const content = changed(command, differences, CONTENT, desk)
  const whole = script === 'none' ? content : sealed(desk, content, script === 'enciphered')
  return encodeCommand(changed(whole, differences, WRAPPING, desk))
}

function changed(
  command: Command,
  differences: readonly string[],
  table: typeof CONTENT,
  desk: CardDesk,
): Command {
  return differences.reduce((before, text) => {
    const [pattern, change] = table.find(([pattern]) => pattern.test(text)) ?? []
    return change === undefined ? before : change(before, pattern?.exec(text)?.[1] ?? '', desk)
  }, command)
}

function checkKnown(differences: readonly string[]): void {
  const patterns = [...CONTENT, ...WRAPPING].map(([pattern]) => pattern)
  const unknown = differences.find((text) => !patterns.some((pattern) => pattern.test(text)))
  if (unknown === undefined) return
  const known = patterns.map(({ source }) => source.slice(1, -1)).join(', ')
  throw new Error(`expected differences of a command to be among ${known}, got "${unknown}"`)
}

function withOtherStart(data: Uint8Array = new Uint8Array()): Uint8Array {
  return data.map((byte, index) => (index === 0 ? byte ^ 0x01 : byte))
}

function withOtherEnd(data: Uint8Array = new Uint8Array()): Uint8Array {
  return data.map((byte, index) => (index === data.length - 1 ? byte ^ 0x01 : byte))
}

/** EMV 4.4 Book 2, 9.2.1: of format 1 the MAC is a data object of 10 bytes, of format 2 the last 8. At least a byte stays. */
function withoutMac(desk: CardDesk, data: Uint8Array = new Uint8Array()): Uint8Array {
  const rest = data.slice(0, familyOf(desk).script.macInput === 'chained' ? -10 : -8)
  return rest.length === 0 ? Uint8Array.of(0) : rest
}
