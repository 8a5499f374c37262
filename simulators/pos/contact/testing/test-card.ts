import { type Command, parseCommand } from '../../../../protocols/apdu/command.ts'
import { encodeResponse } from '../../../../protocols/apdu/response.ts'
import { concat, equal, fromHex, toHex } from '../../../../protocols/bytes/bytes.ts'
import {
  signCombinedData,
  signDynamicData,
  transactionDataHash,
} from '../../../../protocols/emv/oda/dynamic-data.ts'
import { decipherPin } from '../../../../protocols/emv/oda/enciphered-pin.ts'
import { signStaticData } from '../../../../protocols/emv/oda/static-data.ts'
import { dolLength, parseDol, splitDol } from '../../../../protocols/tlv/dol.ts'
import { encodeTlv } from '../../../../protocols/tlv/tlv.ts'
import { CA_INDEX, ICC, ISSUER, iccCertificate, issuerCertificate, PAN, pinCertificate } from './keys.ts'

export const AID = 'AFFFFFFFFF1234'

/** Hexadecimal by tag; null takes a data object off the card. */
export type Objects = Record<string, string | null>

/** What a test card does differently from a good one. */
export interface CardChanges {
  /** 82. */
  aip?: string
  objects?: Objects
  /** Which signed data the records carry. */
  oda?: 'none' | 'SDA' | 'DDA'
  issuerExpiry?: string
  /** By tag: value, or null when GET DATA refuses. */
  counters?: Record<string, string | null>
  pin?: string
  triesLeft?: number
  /** P1 of GENERATE AC to the answer's CID; by default what was asked for. */
  first?: (asked: number) => number
  second?: (asked: number) => number
  /** Spoils the Signed Dynamic Application Data. */
  spoilSignature?: boolean
  /** Whole answers by the beginning of the command, hexadecimal. */
  answers?: Record<string, string>
  /** Answers of GENERATE AC in format 1. */
  format1?: boolean
}

const PDOL = '9F1A025F2A02'
const OBJECTS: Objects = {
  '5A': PAN,
  '5F24': '301231',
  '5F25': '200101',
  '5F28': '0276',
  '5F34': '00',
  '8C': '9F02069F03069F1A0295055F2A029A039C019F37049F3403',
  '8D': '8A0295059B029F3704',
  '8E': '0000000000000000' + '1F00',
  '9F07': 'FFC0',
  '9F08': '0096',
  '9F0D': '0000000000',
  '9F0E': '0000000000',
  '9F0F': '0000000000',
  '9F42': '0978',
}
const COUNTERS: Record<string, string | null> = { '9F36': '0005', '9F13': '0004', '9F17': '03' }
const DYNAMIC_NUMBER = fromHex('0102030405060708')
const CHALLENGE = fromHex('1122334455667788')
const CRYPTOGRAM = fromHex('A1A2A3A4A5A6A7A8')

/** A chip card with published keys whose cryptogram is a constant: what is tested is the terminal. */
export class TestCard {
  /** Every command that came, hexadecimal. */
  readonly commands: string[] = []
  readonly #changes: CardChanges
  readonly #objects: Record<string, string>
  readonly #records = new Map<string, Uint8Array>()
  #triesLeft: number
  #pdolData: Uint8Array = new Uint8Array()
  #cdol1Data: Uint8Array | null = null

  constructor(changes: CardChanges = {}) {
    this.#changes = changes
    this.#triesLeft = changes.triesLeft ?? 3
    this.#objects = present({ ...OBJECTS, ...changes.objects })
    this.#writeRecords()
  }

  transmit(command: Uint8Array): Uint8Array {
    const hex = toHex(command)
    this.commands.push(hex)
    const fixed = Object.entries(this.#changes.answers ?? {}).find(([beginning]) => hex.startsWith(beginning))
    if (fixed !== undefined) return fromHex(fixed[1])
    const parsed = parseCommand(command)
    return this.#handlers[parsed.ins]?.(parsed) ?? encodeResponse(0x6d00)
  }

  /** Data of a GENERATE AC as the terminal sent it, by tag. */
  cdolValue(which: 'first' | 'second', tag: string): string {
    const sent = this.commands.filter((command) => command.startsWith('80AE'))[which === 'first' ? 0 : 1]
    const { data = new Uint8Array() } = parseCommand(fromHex(sent ?? '80AE0000'))
    const list = this.#objects[which === 'first' ? '8C' : '8D'] ?? ''
    return toHex(splitDol(parseDol(fromHex(list)), data).get(tag) ?? new Uint8Array())
  }

  readonly #handlers: Record<number, (command: Command) => Uint8Array> = {
    32: (command) => this.#verify(command),
    130: () => encodeResponse(0x9000),
    132: () => encodeResponse(0x9000, CHALLENGE),
    136: ({ data = new Uint8Array() }) =>
      encodeResponse(0x9000, encodeTlv('80', this.#spoiled(signDynamicData(ICC.key, DYNAMIC_NUMBER, data)))),
    164: ({ p2, data = new Uint8Array() }) => (p2 === 0x02 ? encodeResponse(0x6a82) : this.#select(data)),
    168: ({ data = new Uint8Array() }) => this.#initiate(data.subarray(2)),
    174: (command) => this.#generateAc(command),
    178: ({ p1, p2 }) => this.#read(p1, p2 >> 3),
    202: ({ p1, p2 }) => this.#getData(toHex(Uint8Array.of(p1, p2))),
  }

  #select(name: Uint8Array): Uint8Array {
    if (toHex(name) !== AID && toHex(name) !== AID.slice(0, 10)) return encodeResponse(0x6a82)
    const proprietary = encodeTlv('A5', [object('50', '54455354'), object('9F38', PDOL)])
    return encodeResponse(0x9000, encodeTlv('6F', [object('84', AID), proprietary]))
  }

  #initiate(pdolData: Uint8Array): Uint8Array {
    this.#pdolData = pdolData
    const afl = [...this.#records.keys()].length
    const bytes = fromHex(this.#aip + (afl > 1 ? '0801010110010200' : '08010101'))
    return encodeResponse(0x9000, encodeTlv('80', bytes))
  }

  get #aip(): string {
    return this.#changes.aip ?? '1800'
  }

  #read(record: number, sfi: number): Uint8Array {
    const bytes = this.#records.get(`${sfi}/${record}`)
    return bytes === undefined ? encodeResponse(0x6a83) : encodeResponse(0x9000, bytes)
  }

  #getData(tag: string): Uint8Array {
    const value = { ...COUNTERS, ...this.#changes.counters }[tag]
    return value == null ? encodeResponse(0x6a88) : encodeResponse(0x9000, object(tag, value))
  }

  #verify({ p2, data = new Uint8Array() }: Command): Uint8Array {
    if (this.#triesLeft === 0) return encodeResponse(0x6983)
    const block = p2 === 0x88 ? decipherPin(ICC.key, data, CHALLENGE) : { ok: true as const, pinBlock: data }
    const pin = this.#changes.pin ?? '1234'
    const expected = fromHex(`2${pin.length.toString(16)}${pin}`.padEnd(16, 'F'))
    if (block.ok && equal(block.pinBlock, expected)) return encodeResponse(0x9000)
    this.#triesLeft--
    return encodeResponse(0x63c0 + this.#triesLeft)
  }

  #generateAc({ p1, data = new Uint8Array() }: Command): Uint8Array {
    const isFirst = this.#cdol1Data === null
    const decide = isFirst ? this.#changes.first : this.#changes.second
    const cid = decide?.(p1 & 0xc0) ?? p1 & 0xc0
    const [cdol1Data, cdol2Data] = [this.#cdol1Data ?? data, isFirst ? new Uint8Array() : data]
    this.#cdol1Data = cdol1Data
    if (this.#changes.format1)
      return encodeResponse(0x9000, encodeTlv('80', concat(Uint8Array.of(cid), fromHex('0005'), CRYPTOGRAM)))
    const common = concat(
      object('9F27', toHex(Uint8Array.of(cid))),
      object('9F36', '0005'),
      object('9F10', '0601'),
    )
    if ((p1 & 0x10) === 0 || cid >> 6 === 0)
      return encodeResponse(0x9000, encodeTlv('77', [common, encodeTlv('9F26', CRYPTOGRAM)]))
    const unpredictableNumber = this.#unpredictableNumber(isFirst ? '8C' : '8D', data)
    if (unpredictableNumber === null) return encodeResponse(0x6700)
    const hash = transactionDataHash({
      pdolData: this.#pdolData,
      cdol1Data,
      cdol2Data,
      responseObjects: common,
    })
    const signed = signCombinedData(
      ICC.key,
      { dynamicNumber: DYNAMIC_NUMBER, cid, cryptogram: CRYPTOGRAM, transactionDataHash: hash },
      unpredictableNumber,
    )
    return encodeResponse(0x9000, encodeTlv('77', [common, encodeTlv('9F4B', this.#spoiled(signed))]))
  }

  /** Null for data that are not as long as the list says: a terminal that got a damaged list sends such. */
  #unpredictableNumber(list: string, data: Uint8Array): Uint8Array | null {
    const entries = parseDol(fromHex(this.#objects[list] ?? ''))
    if (data.length !== dolLength(entries)) return null
    return splitDol(entries, data).get('9F37') ?? new Uint8Array(4)
  }

  #spoiled(signed: Uint8Array): Uint8Array {
    const bytes = Uint8Array.from(signed)
    if (this.#changes.spoilSignature) bytes[20] = (bytes[20] ?? 0) ^ 1
    return bytes
  }

  #writeRecords(): void {
    const { oda = 'none', issuerExpiry, objects: changed = {} } = this.#changes
    const plain = Object.entries(this.#objects).filter(([tag]) => !isCertificateTag(tag))
    const staticData = concat(...plain.map(([tag, value]) => object(tag, value)))
    this.#records.set('1/1', encodeTlv('70', staticData))
    if (oda === 'none') return
    const issuer = issuerCertificate(issuerExpiry)
    const signed = oda === 'SDA' ? staticObjects(staticData) : dynamicObjects(staticData)
    const issuerObjects = { '8F': CA_INDEX, ...certificateObjects(issuer, '90', '92', '9F32') }
    this.#records.set('2/1', template({ ...issuerObjects, ...pick(changed, issuerObjects) }))
    this.#records.set('2/2', template({ ...signed, ...pick(changed, signed) }))
  }
}

const CERTIFICATE_TAGS = [
  '8F',
  '90',
  '92',
  '93',
  '9F32',
  '9F46',
  '9F47',
  '9F48',
  '9F49',
  '9F2D',
  '9F2E',
  '9F2F',
]

function isCertificateTag(tag: string): boolean {
  return CERTIFICATE_TAGS.includes(tag)
}

function pick(changed: Objects, known: Objects): Objects {
  return Object.fromEntries(
    Object.entries(changed).filter(([tag]) => tag in known || (tag === '9F49' && '9F46' in known)),
  )
}

function staticObjects(staticData: Uint8Array): Objects {
  return { '93': toHex(signStaticData(ISSUER.key, fromHex('1234'), staticData)) }
}

function dynamicObjects(staticData: Uint8Array): Objects {
  return {
    ...certificateObjects(iccCertificate(staticData), '9F46', '9F48', '9F47'),
  }
}

/** Objects of a certificate for PIN encipherment. */
export function pinCertificateObjects(): Objects {
  return certificateObjects(pinCertificate(), '9F2D', '9F2F', '9F2E')
}

function certificateObjects(
  { certificate, remainder, exponent }: ReturnType<typeof issuerCertificate>,
  ...[certificateTag, remainderTag, exponentTag]: [string, string, string]
): Objects {
  return {
    [certificateTag]: toHex(certificate),
    [remainderTag]: remainder.length === 0 ? null : toHex(remainder),
    [exponentTag]: toHex(exponent),
  }
}

function present(objects: Objects): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objects).flatMap(([tag, value]) => (value === null ? [] : [[tag, value]])),
  )
}

function template(objects: Objects): Uint8Array {
  return encodeTlv(
    '70',
    Object.entries(present(objects)).map(([tag, value]) => object(tag, value)),
  )
}

function object(tag: string, value: string): Uint8Array {
  return encodeTlv(tag, fromHex(value))
}
