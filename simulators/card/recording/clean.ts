import type { Exchange } from '../../../hardware/pcsc/recording-reader.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { luhnDigit } from '../../../protocols/emv/pan.ts'
import { redactApdu } from '../../../protocols/emv/redact.ts'
import type { DolEntry } from '../../../protocols/tlv/dol.ts'
import { parseTlv, type Tlv } from '../../../protocols/tlv/tlv.ts'
import { Digits } from './digits.ts'
import { isHarmless, listedValues, listsAmong } from './listed-data.ts'
import type { Recording } from './recording.ts'

/** Cleaned exchanges, and which tags were changed how. */
export interface Cleaned {
  exchanges: { command: string; response: string | null }[]
  data: Recording['data']
}

// Of no issuer: ISO/IEC 7812-1 leaves 9 to national standards bodies, and this project's issuer uses it.
const TEST_IIN = '999999'
const TEST_NAME = 'TAPBENCH/TESTCARD '
const SHORTEST_NAME = 5

/**
 * Blanked whole. The account number stands inside the certificates (EMV 4.4 Book 2, Table 14), where everybody with the public keys can
 * read it, and in the hash of the signed data, where it can be found by trying; account, token requestor and account reference are numbers
 * of their own.
 */
const WHOLE = new Set(['5F53', '93', '9F19', '9F24', '9F2D', '9F46'])
const UNVERIFIABLE = new Set(['90', '9F10', '9F26', '9F4B', '9F60', '9F61'])
const PIN = '99'
const NAMES = new Set(['5F20', '9F0B'])

/** Everything of a card with test data: nothing is replaced. */
export function keepAll(exchanges: readonly Exchange[]): Cleaned {
  return {
    exchanges: exchanges.map(({ command, response }) => ({
      command: toHex(command),
      response: response && toHex(response),
    })),
    data: { test: true, replaced: [], blanked: [], unverifiable: [] },
  }
}

/**
 * The exchanges of somebody's card without what must not be in a file. Account numbers become test numbers of the same length with a
 * right check digit, names test names, the same one for the same wherever it stands; what then is still nothing to show
 * (`redactApdu`) becomes zeros, as does all that cannot be read. Lengths stay, so that every answer can be read as before.
 */
export function clean(exchanges: readonly Exchange[]): Cleaned {
  const told = exchanges.flatMap(({ response }) => leavesOf(response?.subarray(0, -2) ?? new Uint8Array()))
  const [secrets, lists] = [secretsIn(told), listsAmong(told)]
  const notes = { replaced: new Set<string>(), blanked: new Set<string>(), unverifiable: new Set<string>() }
  const cleaned = exchanges.map(({ command, response }) => ({
    command: cleanCommand(command, secrets, lists),
    response: response && cleanResponse(response, secrets, notes),
  }))
  const list = (tags: Set<string>) => [...tags].sort()
  return {
    exchanges: cleaned,
    data: {
      test: false,
      replaced: list(notes.replaced),
      blanked: list(notes.blanked),
      unverifiable: list(notes.unverifiable),
    },
  }
}

type Notes = Record<'replaced' | 'blanked' | 'unverifiable', Set<string>>

/** What to look for everywhere, and what to write in its place, in hexadecimal of the same length. */
type Secrets = ReadonlyMap<string, string>

/**
 * Known secrets are replaced, PINs are blanked, and so is what looks like an account number and is not surely the terminal's: amounts, dates
 * and random numbers next to each other often do.
 */
function cleanCommand(command: Uint8Array, secrets: Secrets, lists: readonly DolEntry[][]): string {
  const digits = new Digits(command)
  for (const [secret, replacement] of secrets) digits.replaceAll(secret, replacement)
  const replaced = fromHex(digits.text)
  for (const [tag, value] of listedValues(replaced, lists) ?? []) {
    const start = (value.byteOffset - replaced.byteOffset) * 2
    if (tag === PIN) digits.put(start, '00'.repeat(value.length))
    else if (isHarmless(tag)) digits.put(start, toHex(value))
  }
  digits.blank(redactApdu(replaced))
  return digits.text
}

function cleanResponse(response: Uint8Array, secrets: Secrets, notes: Notes): string {
  const digits = new Digits(response)
  const objects = leavesOf(response.subarray(0, -2)).map((tlv) => ({
    ...tlv,
    start: (tlv.value.byteOffset - response.byteOffset) * 2,
  }))
  for (const { tag, value, start } of objects) replaceObject(digits, tag, value, start)
  for (const [secret, replacement] of secrets) digits.replaceAll(secret, replacement)
  const replaced = digits.text
  const hidden = digits.blank(redactApdu(fromHex(replaced)))
  for (const { tag, value, start } of objects) {
    const end = start + value.length * 2
    if (UNVERIFIABLE.has(tag)) notes.unverifiable.add(tag)
    if (WHOLE.has(tag) || hidden.some((at) => at >= start && at < end)) notes.blanked.add(tag)
    if (!WHOLE.has(tag) && replaced.slice(start, end) !== toHex(value)) notes.replaced.add(tag)
  }
  return digits.text
}

function replaceObject(digits: Digits, tag: string, value: Uint8Array, start: number): void {
  if (WHOLE.has(tag)) digits.put(start, '00'.repeat(value.length))
  else if (NAMES.has(tag) && hasLetters(value)) digits.put(start, testName(value.length))
}

function secretsIn(leaves: readonly Tlv[]): Secrets {
  const pans = new Set(leaves.flatMap(({ tag, value }) => PANS.get(tag)?.(value) ?? []))
  const names = leaves.flatMap(namesIn).filter((name) => name.length >= SHORTEST_NAME && hasLetters(name))
  const byPan = [...pans].flatMap((pan, index) => pairsOf(pan, testPan(pan.length, index)))
  return new Map([...byPan, ...names.map((name): [string, string] => [toHex(name), testName(name.length)])])
}

/** Also the name between the separators of track 1 (ISO/IEC 7813). */
function namesIn({ tag, value }: Tlv): Uint8Array[] {
  if (NAMES.has(tag)) return [value]
  const [, name = ''] =
    tag === '56' ? (/^B\d{1,19}\^([^^]*)\^/.exec(Buffer.from(value).toString('latin1')) ?? []) : []
  return [Buffer.from(name, 'latin1')]
}

/** As digits, two a byte, and as characters. */
function pairsOf(pan: string, test: string): [string, string][] {
  const text = (digits: string) => toHex(Buffer.from(digits, 'ascii'))
  return [
    [pan, test],
    [text(pan), text(test)],
  ]
}

const PANS: ReadonlyMap<string, (value: Uint8Array) => string[]> = new Map([
  ['56', (value: Uint8Array) => matched(/^B(\d{8,19})\^/, Buffer.from(value).toString('latin1'))],
  ['57', (value: Uint8Array) => matched(/^(\d{8,19})[D=]/, toHex(value))],
  ['5A', (value: Uint8Array) => matched(/^(\d{8,19})F*$/, toHex(value))],
  ['9F6B', (value: Uint8Array) => matched(/^(\d{8,19})[D=]/, toHex(value))],
])

function matched(pattern: RegExp, text: string): string[] {
  return (pattern.exec(text) ?? []).slice(1)
}

function testPan(length: number, index: number): string {
  const account = String(index + 1).padStart(length - TEST_IIN.length - 1, '0')
  const payload = `${TEST_IIN}${account}`.slice(0, length - 1)
  return `${payload}${luhnDigit(payload)}`
}

function testName(length: number): string {
  return toHex(Buffer.from(TEST_NAME.repeat(Math.ceil(length / TEST_NAME.length)).slice(0, length), 'ascii'))
}

function hasLetters(value: Uint8Array): boolean {
  return /[A-Za-z]/.test(Buffer.from(value).toString('latin1'))
}

function leavesOf(data: Uint8Array): Tlv[] {
  try {
    return parseTlv(data).flatMap(leaves)
  } catch {
    // What cannot be read is blanked by redaction.
    return []
  }
}

function leaves(tlv: Tlv): Tlv[] {
  return tlv.children === undefined ? [tlv] : tlv.children.flatMap(leaves)
}
