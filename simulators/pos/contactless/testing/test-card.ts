import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import keyFile from '../../../../fixtures/keys/rsa.json' with { type: 'json' }
import { type CardConnection, type CardReader, CardRemovedError } from '../../../../hardware/pcsc/reader.ts'
import { parseCommand } from '../../../../protocols/apdu/command.ts'
import { concat, fromHex, toHex } from '../../../../protocols/bytes/bytes.ts'
import { type CaKeyStore, caKeyChecksum, caKeyStore } from '../../../../protocols/emv/oda/ca-key.ts'
import {
  ICC_CERTIFICATE,
  ISSUER_CERTIFICATE,
  issueCertificate,
} from '../../../../protocols/emv/oda/certificate.ts'
import { signCombinedData, transactionDataHash } from '../../../../protocols/emv/oda/dynamic-data.ts'
import { panId } from '../../../../protocols/emv/oda/icc-certificate.ts'
import { type RsaPrivateKey, rsaPrivateKey } from '../../../../protocols/emv/oda/rsa.ts'
import { parseTlv } from '../../../../protocols/tlv/tlv.ts'
import { ok, text, tlv } from '../../testing/scripted-card.ts'

/** What a test card says to a command: hexadecimal with status word, nothing because it left, or whatever it works out. */
export type CardAnswer = string | 'removed' | ((command: Uint8Array, card: TestCard) => string)

export const AID = 'A0000000041010'
/** A published test number. */
export const PAN = '5413330089010434'
const RID = fromHex('A000000004')
const PPSE = text('2PAY.SYS.DDF01')
const CA_INDEX = 0xf1

export const SELECT_PPSE = `00A404000E${PPSE}`
export const SELECT_AID = `00A4040007${AID}`
export const GPO = '80A8'
export const RELAY = '80EA'
export const RECORD_MAG = '00B2010C'
export const RECORD_DATA = '00B20114'
export const RECORD_ISSUER = '00B20214'
export const RECORD_CARD = '00B20314'
export const GENERATE_AC = '80AE'
export const RECOVER_AC = '80D0'
export const CHECKSUM = '802A'
export const BALANCE = '80CA9F50'

/** CDOL1 of the test cards: amounts, country, TVR, currency, date, type, unpredictable number, terminal type, CVM results. */
const CDOL1 = '9F02069F03069F1A0295055F2A029A039C019F37049F35019F3403'

/** What tells test cards from each other. */
export interface CardData {
  aip: string
  afl: string
  /** The signed record of EMV mode, by tag. */

  record: Record<string, string>
  /** The record of mag-stripe mode, by tag. */
  mag: Record<string, string>
}

/** With CDA; cardholder verification: online PIN, signature, none, each if the terminal has it; no action codes. */
export const EMV_CARD: CardData = {
  aip: '1980',
  afl: '10010301',
  record: {
    '5A': PAN,
    '5F24': '301231',
    '5F34': '01',
    '8C': CDOL1,
    '8E': '000000000000000042031E031F03',
    '9F07': 'FF00',
    '9F08': '0002',
    '9F0D': '0000000000',
    '9F0E': '0000000000',
    '9F0F': '0000000000',
    '9F42': '0978',
    '5F28': '0276',
    '9F4A': '82',
  },
  mag: {},
}

/** A card without EMV mode: track 2 with room for CVC3 (3 digits), unpredictable number (2), ATC (2), nUN. */
export const MAG_CARD: CardData = {
  aip: '0000',
  afl: '08010100',
  record: {},
  mag: {
    '9F6B': `${PAN}D3012201${'0'.repeat(13)}F`,
    '9F65': '000E',
    '9F66': '01E0',
    '9F67': '02',
    '9F6C': '0001',
  },
}

interface Keys {
  authority: RsaPrivateKey
  issuer: RsaPrivateKey
  card: RsaPrivateKey
}

function pairOf(name: keyof typeof keyFile.keys): {
  secret: RsaPrivateKey
  modulus: Uint8Array
  exponent: Uint8Array
} {
  const key = createPrivateKey({ key: keyFile.keys[name] as JsonWebKey, format: 'jwk' })
  const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' })
  const bytes = (part: string): Uint8Array => new Uint8Array(Buffer.from(part, 'base64url'))
  return { secret: rsaPrivateKey(key), modulus: bytes(n), exponent: bytes(e) }
}

const authority = pairOf('authority-1152')
const issuer = pairOf('issuer-1152')
const card = pairOf('card-1152')

/** The key that the test cards' certificates begin with. */
export function testCaKeys(): CaKeyStore {
  const entry = { rid: RID, index: CA_INDEX, modulus: authority.modulus, exponent: authority.exponent }
  return caKeyStore([{ ...entry, checksum: caKeyChecksum(entry), expiry: null }])
}

/** One card in its own reader; answers by the beginning of the command, the longest wins; anything else is 6D00. */
export class TestCard implements CardReader {
  readonly name = 'test'
  readonly commands: string[] = []
  readonly keys: Keys = { authority: authority.secret, issuer: issuer.secret, card: card.secret }
  readonly answers: Record<string, CardAnswer>
  pdolData: Uint8Array = new Uint8Array()
  /** Terminal entropy and what the card said for it, as CDA signs them. */
  relay: Uint8Array = new Uint8Array()
  atc = 7

  constructor(data: CardData, changes: Record<string, CardAnswer> = {}) {
    this.answers = { ...answersOf(data), ...changes }
  }

  async connect(): Promise<CardConnection> {
    return {
      atr: fromHex('3B80800101'),
      transmit: async (command) => this.#answer(command),
      disconnect: async () => undefined,
    }
  }

  #answer(command: Uint8Array): Uint8Array {
    const hex = toHex(command)
    this.commands.push(hex)
    const [beginning = ''] = Object.keys(this.answers)
      .filter((key) => hex.startsWith(key))
      .sort((a, b) => b.length - a.length)
    const answer = this.answers[beginning] ?? '6D00'
    const given = typeof answer === 'function' ? answer(command, this) : answer
    if (given === 'removed') throw new CardRemovedError('card was removed')
    return fromHex(given)
  }
}

export const directory = (...entries: readonly string[]): string =>
  ok(['6F', tlv('84', PPSE) + tlv('A5', tlv('BF0C', entries.map((entry) => tlv('61', entry)).join('')))])

export const entry = (aid: string, priority: string, more = ''): string =>
  tlv('4F', aid) + tlv('50', text('TEST')) + tlv('87', priority) + more

function answersOf(data: CardData): Record<string, CardAnswer> {
  return {
    [SELECT_PPSE]: directory(entry(AID, '01', '9F2A0102')),
    [SELECT_AID]: ok([
      '6F',
      tlv('84', AID) + tlv('A5', tlv('50', text('TEST')) + tlv('9F38', '9F1A029F3501')),
    ]),
    [GPO]: (command, own) => {
      own.pdolData = parseTlv(parseCommand(command).data ?? new Uint8Array())[0]?.value ?? new Uint8Array()
      return ok(['77', tlv('82', data.aip) + tlv('94', data.afl)])
    },
    [RECORD_MAG]: ok(['70', all(data.mag)]),
    [RECORD_DATA]: ok(['70', all(data.record)]),
    [RECORD_ISSUER]: ok(['70', all(issuerRecord())]),
    [RECORD_CARD]: ok(['70', all(cardRecord(data))]),
    [GENERATE_AC]: generate(),
    [CHECKSUM]: ok(['77', tlv('9F61', '04D2') + tlv('9F36', '0139')]),
  }
}

function all(data: Readonly<Record<string, string>>): string {
  return Object.entries(data)
    .map(([tag, value]) => tlv(tag, value))
    .join('')
}

const EXPIRY = fromHex('1230')
const SERIAL = fromHex('000001')

function issuerRecord(): Record<string, string> {
  const { certificate, remainder, exponent } = issueCertificate(ISSUER_CERTIFICATE, authority.secret, {
    id: fromHex('541333FF'),
    expiry: EXPIRY,
    serial: SERIAL,
    modulus: issuer.modulus,
    exponent: issuer.exponent,
  })
  return { '8F': 'F1', '90': toHex(certificate), '92': toHex(remainder), '9F32': toHex(exponent) }
}

function cardRecord({ record, aip }: CardData): Record<string, string> {
  const { certificate, remainder, exponent } = issueCertificate(ICC_CERTIFICATE, issuer.secret, {
    id: panId(PAN),
    expiry: EXPIRY,
    serial: SERIAL,
    modulus: card.modulus,
    exponent: card.exponent,
    staticData: fromHex(all(record) + aip),
  })
  return { '9F46': toHex(certificate), '9F48': toHex(remainder), '9F47': toHex(exponent) }
}

/** The relay resistance answer: processing within 5 to 10 ms, 2.4 ms on air. */
export const RELAY_DATA = 'A1A2A3A4003200640018'

export const relayAnswer: CardAnswer = (command, own) => {
  own.relay = concat(parseCommand(command).data ?? new Uint8Array(), fromHex(RELAY_DATA))
  return ok(['80', RELAY_DATA])
}

/** GENERATE AC: the cryptogram that is asked for, or `cid`, signed when CDA is asked for. `spoil` changes what is signed. */
export function generate(
  options: { cid?: number; spoil?: (signed: string) => string; more?: string } = {},
): CardAnswer {
  return (command, own) => {
    const { p1, data: cdol1Data = new Uint8Array() } = parseCommand(command)
    const cid = options.cid ?? p1 & 0xc0
    const head = `${tlv('9F27', toHex(Uint8Array.of(cid)))}${tlv('9F36', '0007')}${options.more ?? ''}`
    const cryptogram = fromHex('0102030405060708')
    const iad = tlv('9F10', '0110A00000')
    if ((p1 & 0x10) === 0 || cid === 0) return ok(['77', head + tlv('9F26', toHex(cryptogram)) + iad])
    const un = cdol1Data.subarray(25, 29)
    const hash = transactionDataHash({
      pdolData: own.pdolData,
      cdol1Data,
      cdol2Data: new Uint8Array(),
      responseObjects: fromHex(head + iad),
    })
    const dynamicNumber = fromHex('1122334455667788')
    const signed = toHex(
      signCombinedData(
        own.keys.card,
        { dynamicNumber, cid, cryptogram, transactionDataHash: hash, further: own.relay },
        un,
      ),
    )
    return ok(['77', head + tlv('9F4B', options.spoil?.(signed) ?? signed) + iad])
  }
}
