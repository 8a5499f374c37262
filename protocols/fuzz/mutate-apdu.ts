import { concat } from '../bytes/bytes.ts'
import type { Chance } from './chance.ts'
import { type Mutate, mutateBytes } from './mutate-bytes.ts'
import { mutateTlv } from './mutate-tlv.ts'

const HEADER_BYTES = 4
const SW_BYTES = 2
const P1 = 2
const P2 = 3
const LC = 4
const CLASSES = [0x00, 0x01, 0x04, 0x0c, 0x10, 0x80, 0x81, 0x84, 0x8c, 0x90, 0xa0, 0xff]
/** Of ISO/IEC 7816-4 and EMV 4.4 Book 3, 6.5, and some that no card has. */
const INSTRUCTIONS = [
  0x16, 0x18, 0x1e, 0x20, 0x24, 0x2a, 0x82, 0x84, 0x88, 0xa4, 0xa8, 0xae, 0xb2, 0xc0, 0xca, 0xd0, 0xda, 0xdc,
  0xea, 0x00, 0x61, 0xff,
]
const PARAMETERS = [
  0x00, 0x01, 0x02, 0x04, 0x0c, 0x10, 0x14, 0x40, 0x50, 0x80, 0x88, 0x8e, 0x90, 0xc0, 0xfc, 0xff,
]
const STATUS_WORDS = [
  0x9000, 0x6100, 0x6110, 0x6200, 0x6283, 0x6300, 0x63c0, 0x63c1, 0x6400, 0x6700, 0x6983, 0x6984, 0x6985,
  0x6986, 0x6a81, 0x6a82, 0x6a83, 0x6a86, 0x6a88, 0x6c00, 0x6c08, 0x6d00, 0x6e00, 0x6f00, 0x0000, 0xffff,
]

/** A header byte that is known somewhere, or any. */
const header = (at: number, known: readonly number[]): Mutate =>
  function headerByte(bytes, chance) {
    const copy = Uint8Array.from(bytes)
    if (at < copy.length) copy[at] = chance.oneIn(4) ? chance.below(256) : chance.pick(known)
    return copy
  }

/** Short lengths around what is there: Lc one more or less, none, or all; ISO/IEC 7816-4, 5.1. */
function wrongLc(bytes: Uint8Array, chance: Chance): Uint8Array {
  const copy = Uint8Array.from(bytes)
  if (copy.length > LC) copy[LC] = chance.pick([(copy[LC] ?? 0) + 1, (copy[LC] ?? 1) - 1, 0x00, 0xff]) & 0xff
  return copy
}

/** Le is there when it was not, is not when it was, or is too small. */
function otherLe(bytes: Uint8Array, chance: Chance): Uint8Array {
  const le = Uint8Array.of(chance.pick([0x00, 0x01, 0x04, 0x7f, 0xff]))
  return concat(chance.oneIn(2) ? bytes : bytes.subarray(0, -1), le)
}

/** The same command with extended lengths. */
function extended(bytes: Uint8Array, chance: Chance): Uint8Array {
  const data = bytes.subarray(LC + 1, LC + 1 + (bytes[LC] ?? 0))
  const le = chance.pick([[], [0, 0], [1, 0], [0xff, 0xff]])
  const lc = data.length === 0 ? [0] : [0, 0, data.length]
  return concat(bytes.subarray(0, HEADER_BYTES), Uint8Array.from(lc), data, Uint8Array.from(le))
}

/** Changes the data field and says its right length, so that the command is read. */
const inData = (mutate: Mutate): Mutate =>
  function data(bytes, chance) {
    const field = bytes.subarray(LC + 1, LC + 1 + (bytes[LC] ?? 0))
    const changed = mutate(field, chance).subarray(0, 255)
    const lc = changed.length === 0 ? [] : [changed.length]
    return concat(bytes.subarray(0, HEADER_BYTES), Uint8Array.from(lc), changed, Uint8Array.of(0))
  }

const COMMAND_MUTATIONS: readonly Mutate[] = [
  header(0, CLASSES),
  header(1, INSTRUCTIONS),
  header(P1, PARAMETERS),
  header(P2, PARAMETERS),
  wrongLc,
  otherLe,
  extended,
  inData(mutateBytes),
  inData(mutateBytes),
  inData(mutateTlv),
  mutateBytes,
]

/** A command APDU changed in one of its fields, or as mere bytes. */
export const mutateCommand: Mutate = (bytes, chance) => chance.pick(COMMAND_MUTATIONS)(bytes, chance)

const otherStatus: Mutate = (bytes, chance) => {
  const sw = chance.oneIn(4) ? chance.below(0x10000) : chance.pick(STATUS_WORDS)
  const data = chance.oneIn(2) ? new Uint8Array() : bytes.subarray(0, -SW_BYTES)
  return concat(data, Uint8Array.of(sw >> 8, sw & 0xff))
}

const inAnswer = (mutate: Mutate): Mutate =>
  function data(bytes, chance) {
    return concat(mutate(bytes.subarray(0, -SW_BYTES), chance), bytes.subarray(-SW_BYTES))
  }

const ANSWER_MUTATIONS: readonly Mutate[] = [
  otherStatus,
  inAnswer(mutateTlv),
  inAnswer(mutateTlv),
  inAnswer(mutateTlv),
  inAnswer(mutateBytes),
  mutateBytes,
]

/** A response APDU changed in its data objects, its status word, or as mere bytes. */
export const mutateAnswer: Mutate = (bytes, chance) => chance.pick(ANSWER_MUTATIONS)(bytes, chance)
