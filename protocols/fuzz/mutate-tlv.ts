import { concat } from '../bytes/bytes.ts'
import { encodeTlv, parseTlv, type Tlv, TlvError } from '../tlv/tlv.ts'
import type { Chance } from './chance.ts'
import { type Mutate, mutateBytes } from './mutate-bytes.ts'

/** A data object that is being edited: exactly one of value and children. */
type Node = { tag: string; value: Uint8Array } | { tag: string; children: Node[] }

/** Changes one list of data objects, which is not empty, at this place. */
type Edit = (list: Node[], at: number, chance: Chance) => void

/** Lengths that are too long, too short or of another form: EMV 4.4 Book 3, Annex B2. */
const LENGTHS = ['00', '01', '7F', '80', '8100', '8180', '81FF', '820000', '82FFFF', '84FFFFFFFF', '85', 'FF']

// Enclosing lengths stay right, so that the reader comes as far as the place.
const EDITS: readonly Edit[] = [
  function drop(list, at) {
    list.splice(at, 1)
  },
  function duplicate(list, at) {
    list.splice(at, 0, ...list.slice(at, at + 1))
  },
  function swap(list, at, chance) {
    const [moved] = list.splice(at, 1)
    if (moved !== undefined) list.splice(chance.below(list.length + 1), 0, moved)
  },
  function retag(list, at, chance) {
    const [tag, other] = [list[at]?.tag ?? '', chance.pick(list).tag]
    set(list, at, { tag: other === tag ? otherTag(chance) : other, value: bytesOf(list[at]) })
  },
  function changeValue(list, at, chance) {
    set(list, at, { tag: list[at]?.tag ?? '', value: mutateBytes(bytesOf(list[at]), chance) })
  },
  function empty(list, at) {
    set(list, at, { tag: list[at]?.tag ?? '', value: new Uint8Array() })
  },
  function wrap(list, at, chance) {
    const [inner] = list.slice(at, at + 1)
    if (inner !== undefined) set(list, at, { tag: chance.pick(['61', '70', '77', 'A5']), children: [inner] })
  },
]

/** Edits of one data object, anywhere inside; bytes that are no data objects are changed as {@link mutateBytes} does. */
export const mutateTlv: Mutate = (bytes, chance) => {
  const objects = read(bytes)
  if (objects === null || objects.length === 0) return mutateBytes(bytes, chance)
  if (chance.oneIn(4)) return wrongLength(bytes, objects, chance)
  const nodes = objects.map(nodeOf)
  const list = chance.pick(listsIn(nodes))
  chance.pick(EDITS)(list, chance.below(list.length), chance)
  return encodeAll(nodes)
}

function read(bytes: Uint8Array): Tlv[] | null {
  try {
    return parseTlv(bytes)
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}

/** Replaces the last byte of a length field; what encloses it stays as it was. */
function wrongLength(bytes: Uint8Array, objects: readonly Tlv[], chance: Chance): Uint8Array {
  const start = chance.pick(flat(objects)).value.byteOffset - bytes.byteOffset
  const length = Buffer.from(chance.pick(LENGTHS), 'hex')
  return concat(bytes.subarray(0, start - 1), length, bytes.subarray(start))
}

function flat(objects: readonly Tlv[]): Tlv[] {
  return objects.flatMap((object) => [object, ...flat(object.children ?? [])])
}

function nodeOf({ tag, value, children }: Tlv): Node {
  return children === undefined ? { tag, value } : { tag, children: children.map(nodeOf) }
}

/** All lists that have something in them. */
function listsIn(nodes: Node[]): Node[][] {
  const inside = nodes.flatMap((node) => ('children' in node ? listsIn(node.children) : []))
  return nodes.length === 0 ? inside : [nodes, ...inside]
}

function set(list: Node[], at: number, node: Node): void {
  list.splice(at, 1, node)
}

function bytesOf(node: Node | undefined): Uint8Array {
  if (node === undefined) return new Uint8Array()
  return 'value' in node ? node.value : encodeAll(node.children)
}

function encodeAll(nodes: readonly Node[]): Uint8Array {
  return concat(...nodes.map((node) => encodeTlv(node.tag, bytesOf(node))))
}

function otherTag(chance: Chance): string {
  return chance.pick([
    '57',
    '5A',
    '5F24',
    '82',
    '84',
    '8C',
    '8D',
    '8E',
    '8F',
    '90',
    '94',
    '9F26',
    '9F27',
    '9F36',
    '9F38',
    '9F46',
    '9F4B',
    'DF01',
  ])
}
