import { concat } from '../bytes/bytes.ts'
import type { Chance } from './chance.ts'

/** Bytes made of others; what came in is not changed. */
export type Mutate = (bytes: Uint8Array, chance: Chance) => Uint8Array

/** Where lengths, counters and signs turn over. */
const EDGES = [0x00, 0x01, 0x1f, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xfe, 0xff]
const MOST_ADDED = 16

/** What bad contacts, bad memory and bad will do to bytes that have no form. */
export const BYTE_MUTATIONS: readonly Mutate[] = [
  function flipBit(bytes, chance) {
    return changed(bytes, chance, (byte) => byte ^ (1 << chance.below(8)))
  },
  function setByte(bytes, chance) {
    return changed(bytes, chance, () => chance.pick(EDGES))
  },
  function randomByte(bytes, chance) {
    return changed(bytes, chance, () => chance.below(256))
  },
  function truncate(bytes, chance) {
    return bytes.slice(0, chance.below(bytes.length + 1))
  },
  function extend(bytes, chance) {
    return concat(bytes, chance.bytes(1 + chance.below(MOST_ADDED)))
  },
  function insert(bytes, chance) {
    const at = chance.below(bytes.length + 1)
    return concat(bytes.subarray(0, at), chance.bytes(1 + chance.below(MOST_ADDED)), bytes.subarray(at))
  },
  function cutOut(bytes, chance) {
    const [start, end] = part(bytes, chance)
    return concat(bytes.subarray(0, start), bytes.subarray(end))
  },
  function repeatPart(bytes, chance) {
    const [start, end] = part(bytes, chance)
    return concat(bytes.subarray(0, end), bytes.subarray(start))
  },
  function fill(bytes, chance) {
    return new Uint8Array(bytes.length).fill(chance.pick(EDGES))
  },
  function otherBytes(bytes, chance) {
    return chance.bytes(chance.oneIn(2) ? bytes.length : chance.below(260))
  },
]

export const mutateBytes: Mutate = (bytes, chance) => chance.pick(BYTE_MUTATIONS)(bytes, chance)

function changed(bytes: Uint8Array, chance: Chance, change: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const at = chance.below(bytes.length)
  if (bytes.length > 0) copy[at] = change(bytes[at] ?? 0)
  return copy
}

function part(bytes: Uint8Array, chance: Chance): [start: number, end: number] {
  const start = chance.below(bytes.length + 1)
  return [start, start + chance.below(bytes.length - start + 1)]
}
