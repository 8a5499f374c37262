import type { Command } from '../../protocols/apdu/command.ts'
import {
  generateAc,
  getData,
  getProcessingOptions,
  readRecord,
  select,
} from '../../protocols/apdu/commands.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { format2PinBlock, visPinBlock } from '../../protocols/emv/cryptograms/pin-block.ts'
import { encipherPin } from '../../protocols/emv/oda/enciphered-pin.ts'
import type { CardDesk } from './card-desk.ts'
import { authenticationData, familyOf, masterKey } from './issuer-side.ts'
import { authorityKeys, Proof } from './proof.ts'
import { MAG_STRIPE_NUMBER, TERMINAL_ENTROPY } from './told.ts'

/** A command before it is changed and, if it is an issuer's script, protected. */
export interface Draft {
  command: Command
  script: 'none' | 'plain' | 'enciphered'
}

type Word = readonly [pattern: RegExp, draft: (desk: CardDesk, words: string[]) => Draft | Promise<Draft>]

const ALL = 256
const EXPECTED_RESPONSE_BYTES = 10
const ENVIRONMENTS: Readonly<Record<string, string>> = { PSE: '1PAY.SYS.DDF01', PPSE: '2PAY.SYS.DDF01' }
const CRYPTOGRAMS: Readonly<Record<string, number>> = { AAC: 0x00, TC: 0x40, ARQC: 0x80 }
const CDA = 0x10
/** A published value: no card of fixtures/cards begins its life with it. */
const NEW_PIN = '86420'

/** Commands as feature files call them; `(…)` are their parameters. */
const WORDS: readonly Word[] = [
  [/^SELECT the application$/, ({ application }) => plain(select(fromHex(application.aid)))],
  [/^SELECT (next )?(\S+)$/, (_desk, [next, name = '']) => plain(select(nameOf(name), next !== undefined))],
  [/^GET PROCESSING OPTIONS$/, (desk) => plain(getProcessingOptions(desk.fill('9F38')))],
  [
    /^READ RECORD (\d+) of SFI (\d+)$/,
    (_desk, [record, sfi]) => plain(readRecord(Number(sfi), Number(record))),
  ],
  [/^GET DATA ([0-9A-F]{2,4})$/, (_desk, [tag = '']) => plain(getData(tag))],
  [/^GET CHALLENGE$/, () => plain({ cla: 0x00, ins: 0x84, p1: 0x00, p2: 0x00, le: ALL })],
  [
    /^VERIFY of (the right|a wrong|the new) PIN$/,
    (desk, [which = '']) => plain(verify(0x80, pinBlock(desk, which))),
  ],
  [/^VERIFY of (the right|a wrong) PIN enciphered$/, enciphered],
  [/^INTERNAL AUTHENTICATE$/, (desk) => plain(iso(0x88, desk.fill('9F49'), ALL))],
  [/^GENERATE AC for an? (AAC|TC|ARQC)( with CDA)?$/, (desk, words) => plain(cryptogram(desk, '8C', words))],
  [
    /^second GENERATE AC for an? (AAC|TC|ARQC)( with CDA)?$/,
    (desk, words) => plain(cryptogram(desk, '8D', words)),
  ],
  [/^EXTERNAL AUTHENTICATE$/, (desk) => plain(iso(0x82, issuerData(desk)))],
  [/^EXTERNAL AUTHENTICATE with a wrong ARPC$/, (desk) => plain(iso(0x82, flipped(issuerData(desk))))],
  [/^EXCHANGE RELAY RESISTANCE DATA$/, () => plain(emv(0xea, 0x00, 0x00, fromHex(TERMINAL_ENTROPY)))],
  [/^RECOVER AC$/, (desk) => plain(emv(0xd0, 0x00, 0x00, desk.fill('9F51')))],
  [/^COMPUTE CRYPTOGRAPHIC CHECKSUM$/, () => plain(emv(0x2a, 0x8e, 0x80, fromHex(MAG_STRIPE_NUMBER)))],
  [/^APPLICATION BLOCK$/, () => script(0x1e)],
  [/^APPLICATION UNBLOCK$/, () => script(0x18)],
  [/^CARD BLOCK$/, () => script(0x16)],
  [/^PIN UNBLOCK$/, () => script(0x24)],
  [/^PIN CHANGE to the new PIN$/, (desk) => script(0x24, 0x00, 0x02, newPinBlock(desk), 'enciphered')],
  [
    /^PIN CHANGE by the current PIN$/,
    (desk) => script(0x24, 0x00, 0x01, newPinBlock(desk, pinOf(desk, 'the right')), 'enciphered'),
  ],
  [
    /^PUT DATA ([0-9A-F]{4}) = ([0-9A-F]+)$/,
    (_desk, [tag = '', value = '']) => script(0xda, ...p1p2(tag), fromHex(value)),
  ],
  [
    /^UPDATE RECORD (\d+) of SFI (\d+) = ([0-9A-F]+)$/,
    (_desk, [record, sfi, value = '']) => script(0xdc, Number(record), Number(sfi) * 8 + 4, fromHex(value)),
  ],
]

/** The command of these words. Throws, with all that there are, for others. */
export async function draftOf(desk: CardDesk, text: string): Promise<Draft> {
  for (const [pattern, draft] of WORDS) {
    const words = pattern.exec(text)
    if (words !== null) return draft(desk, words.slice(1))
  }
  const known = WORDS.map(([pattern]) => pattern.source.slice(1, -1)).join('\n')
  throw new Error(`expected a command in hexadecimal or in one of these words:\n${known}\ngot "${text}"`)
}

function plain(command: Command): Draft {
  return { command, script: 'none' }
}

/** The class is the family's, see `sealed`. */
function script(
  ins: number,
  p1 = 0x00,
  p2 = 0x00,
  data: Uint8Array = new Uint8Array(),
  kind: Draft['script'] = 'plain',
): Draft {
  return { command: { cla: 0x00, ins, p1, p2, data }, script: kind }
}

function iso(ins: number, data: Uint8Array, le?: number): Command {
  return { cla: 0x00, ins, p1: 0x00, p2: 0x00, data, ...(le === undefined ? {} : { le }) }
}

function emv(ins: number, p1: number, p2: number, data: Uint8Array): Command {
  return { cla: 0x80, ins, p1, p2, data, le: ALL }
}

function verify(p2: number, data: Uint8Array): Command {
  return { cla: 0x00, ins: 0x20, p1: 0x00, p2, data }
}

function cryptogram(desk: CardDesk, list: '8C' | '8D', [type = '', cda]: string[]): Command {
  return generateAc((CRYPTOGRAMS[type] ?? 0) + (cda === undefined ? 0 : CDA), desk.fill(list))
}

function nameOf(name: string): Uint8Array {
  return /^([0-9A-F]{2})+$/.test(name) ? fromHex(name) : Buffer.from(ENVIRONMENTS[name] ?? name, 'ascii')
}

function p1p2(tag: string): [number, number] {
  return [Number.parseInt(tag.slice(0, 2), 16), Number.parseInt(tag.slice(2), 16)]
}

/** As the card was made; of a card without PIN, any. */
function pinOf({ application }: CardDesk, which: string): string {
  const right = application.pin?.value ?? '0000'
  const wrong = right.slice(0, -1) + ((Number(right.slice(-1)) + 1) % 10)
  return { 'the right': right, 'a wrong': wrong }[which] ?? NEW_PIN
}

function pinBlock(desk: CardDesk, which: string): Uint8Array {
  return format2PinBlock(pinOf(desk, which))
}

/** EMV 4.4 Book 2, 7.2: with the key for PIN encipherment, or the card's own where it has no other. */
async function enciphered(desk: CardDesk, [which = '']: string[]): Promise<Draft> {
  const proof = new Proof(desk, await authorityKeys())
  const certified = desk.hearing.values.has('9F2D') ? proof.pin() : proof.card()
  if (!certified.ok) throw new Error(`expected a certified key for the PIN, got: ${certified.text}`)
  const challenge = desk.hearing.challenge ?? new Uint8Array(8)
  const zeros = (length: number) => new Uint8Array(length)
  return plain(verify(0x88, encipherPin(certified.key, pinBlock(desk, which), challenge, zeros)))
}

/** What the issuer said, or would say; zeros while there is nothing to answer. */
function issuerData(desk: CardDesk): Uint8Array {
  const said = desk.told.get('91')
  if (said !== undefined) return fromHex(said)
  return desk.hearing.first === null
    ? new Uint8Array(EXPECTED_RESPONSE_BYTES)
    : authenticationData(desk, 'approves')
}

function flipped(data: Uint8Array): Uint8Array {
  return data.map((byte, index) => (index === 0 ? byte ^ 0x01 : byte))
}

function newPinBlock(desk: CardDesk, currentPin?: string): Uint8Array {
  const { newPin } = familyOf(desk).script
  return newPin === 'vis'
    ? visPinBlock(masterKey(desk, 'cryptogram'), NEW_PIN, currentPin)
    : format2PinBlock(NEW_PIN)
}
