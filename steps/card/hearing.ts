import type { Command } from '../../protocols/apdu/command.ts'
import type { Response } from '../../protocols/apdu/response.ts'
import { parseTlv, type Tlv, TlvError } from '../../protocols/tlv/tlv.ts'

/** What an answer to GENERATE AC, or to a GET PROCESSING OPTIONS that makes the cryptogram, says. */
export interface HeardCryptogram {
  /** 9F27, 1 byte. */
  cid: Uint8Array
  /** 9F36, 2 bytes. */
  atc: Uint8Array
  /** 9F10; empty when the card has none. */
  iad: Uint8Array
  /** 9F26; null while it is inside of a signature. */
  cryptogram: Uint8Array | null
  /** The data of the answer, and what the terminal had sent for CDOL1 or CDOL2. */
  answer: Uint8Array
  sent: Uint8Array
}

/** What one side of a transaction has heard of the other, from the last SELECT on. */
export interface Hearing {
  /** Data objects of FCI, processing options and records, by tag; of a tag that came twice, the last. */
  values: Map<string, Uint8Array>
  /** Records as READ RECORD gave them, by `SFI/record`. */
  records: Map<string, Uint8Array>
  challenge: Uint8Array | null
  /** Answer to the last EXCHANGE RELAY RESISTANCE DATA, 10 bytes. */
  relay: Uint8Array | null
  /** MAC of the last script that the card found to be its issuer's; null before the first. */
  scriptMac: Uint8Array | null
  pdolData: Uint8Array
  first: HeardCryptogram | null
  second: HeardCryptogram | null
}

export function newHearing(): Hearing {
  return {
    values: new Map(),
    records: new Map(),
    challenge: null,
    relay: null,
    scriptMac: null,
    pdolData: new Uint8Array(),
    first: null,
    second: null,
  }
}

type Listener = (hearing: Hearing, command: Command, data: Uint8Array) => Hearing

const NONE = new Uint8Array()
const MAC_BYTES = 8
/** Class bytes with secure messaging, EMV 4.4 Book 3, 6.3.2. */
const SECURED = [0x84, 0x8c]
/** The card did not take the MAC, Book 3, 6.5. */
const NOT_THE_ISSUERS = [0x6987, 0x6988]

/** What each answer teaches, by the instruction that it answers. */
const LISTENERS: ReadonlyMap<number, Listener> = new Map<number, Listener>([
  [0xa4, (_hearing, _command, data) => learnt(newHearing(), data)],
  [0xa8, heardOptions],
  [0xb2, heardRecord],
  [0x84, (hearing, _command, challenge) => ({ ...hearing, challenge })],
  [0xae, heardCryptogram],
  [0xea, (hearing, _command, data) => ({ ...hearing, relay: objectsOf(data)[0]?.value ?? null })],
])

/** What is known after an answer. Whatever the card refused or garbled teaches nothing. */
export function hear(hearing: Hearing, command: Command, { data, sw }: Response): Hearing {
  if (SECURED.includes(command.cla))
    return NOT_THE_ISSUERS.includes(sw) ? hearing : heardScript(hearing, command)
  const listener = LISTENERS.get(command.ins)
  return listener === undefined || (sw !== 0x9000 && sw !== 0x6283)
    ? hearing
    : listener(hearing, command, data)
}

function heardScript(hearing: Hearing, { data }: Command): Hearing {
  return data === undefined ? hearing : { ...hearing, scriptMac: data.slice(-MAC_BYTES) }
}

/** Data objects at any depth, templates left out; empty for what is no BER-TLV. */
export function primitives(data: Uint8Array): Tlv[] {
  const leaves = (tlvs: readonly Tlv[]): Tlv[] =>
    tlvs.flatMap((tlv) => (tlv.children === undefined ? [tlv] : leaves(tlv.children)))
  return leaves(objectsOf(data))
}

/** Null for bytes that are no BER-TLV. */
export function tryParse(data: Uint8Array): Tlv[] | null {
  try {
    return parseTlv(data)
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}

function objectsOf(data: Uint8Array): Tlv[] {
  return tryParse(data) ?? []
}

function learnt(hearing: Hearing, data: Uint8Array): Hearing {
  const values = new Map([
    ...hearing.values,
    ...primitives(data).map(({ tag, value }) => [tag, value] as const),
  ])
  return { ...hearing, values }
}

/** Format 1 (EMV 4.4 Book 3, 6.5.8.4): template 80 with AIP and AFL. */
function heardOptions(hearing: Hearing, { data: sent = NONE }: Command, data: Uint8Array): Hearing {
  const [template] = objectsOf(data)
  const pdolData = objectsOf(sent)[0]?.value ?? NONE
  const known = { ...learnt(hearing, template?.tag === '80' ? NONE : data), pdolData }
  if (template?.tag === '80') {
    known.values.set('82', template.value.slice(0, 2))
    known.values.set('94', template.value.slice(2))
  }
  return known.values.has('9F26') ? { ...known, first: dataObjects(data, pdolData) } : known
}

function heardRecord(hearing: Hearing, { p1, p2 }: Command, data: Uint8Array): Hearing {
  const known = learnt(hearing, data)
  return { ...known, records: new Map([...known.records, [`${p2 >> 3}/${p1}`, data]]) }
}

function heardCryptogram(hearing: Hearing, { data: sent = NONE }: Command, data: Uint8Array): Hearing {
  const [template] = objectsOf(data)
  const heard = template?.tag === '80' ? bareValues(template.value, data, sent) : dataObjects(data, sent)
  return hearing.first === null ? { ...hearing, first: heard } : { ...hearing, second: heard }
}

/** Format 1 (Book 3, 6.5.5.4): CID, ATC, cryptogram and IAD, one after the other. */
function bareValues(value: Uint8Array, answer: Uint8Array, sent: Uint8Array): HeardCryptogram {
  const [cid, atc] = [value.slice(0, 1), value.slice(1, 3)]
  return { cid, atc, cryptogram: value.slice(3, 11), iad: value.slice(11), answer, sent }
}

function dataObjects(answer: Uint8Array, sent: Uint8Array): HeardCryptogram {
  const objects = primitives(answer)
  const of = (name: string) => objects.find(({ tag }) => tag === name)?.value
  return {
    cid: of('9F27') ?? NONE,
    atc: of('9F36') ?? NONE,
    iad: of('9F10') ?? NONE,
    cryptogram: of('9F26') ?? null,
    answer,
    sent,
  }
}
