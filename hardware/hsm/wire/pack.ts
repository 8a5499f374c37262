import type { Column, Group, Packed } from './packed.ts'
import { type Fields, type Shape, shapesOf } from './shapes.ts'

/** `objects`: such that structured clone makes the same again; bytes in arrays are left to it. */
export function pack(objects: readonly object[]): Packed {
  const bytes: Uint8Array[] = []
  const groups = groupsOf(objects as readonly Fields[], bytes)
  return { count: objects.length, groups, block: joined(bytes) }
}

function groupsOf(objects: readonly Fields[], bytes: Uint8Array[]): Group[] {
  const shapes = shapesOf(objects)
  return shapes.map((shape) => ({
    places: shapes.length === 1 ? null : shape.places,
    fields: Object.fromEntries(shape.names.map((name, at) => [name, columnOf(shape, name, at, bytes)])),
  }))
}

function columnOf(shape: Shape, name: string, at: number, bytes: Uint8Array[]): Column {
  const kind = shape.kindOf(at)
  const cells = shape.objects.map((object) => object[name])
  if (kind === 'objects') return { kind, groups: groupsOf(cells as Fields[], bytes) }
  if (kind === 'bytes') return bytesColumn(cells as Uint8Array[], bytes)
  const [value] = cells
  const same = typeof value !== 'object' && cells.every((cell) => Object.is(cell, value))
  return same ? { kind: 'same', value } : { kind: 'each', values: cells }
}

function bytesColumn(cells: readonly Uint8Array[], bytes: Uint8Array[]): Column {
  const lengths = cells.map(({ length }) => length)
  for (const cell of cells) bytes.push(cell)
  const [length] = lengths
  const same = length !== undefined && lengths.every((other) => other === length)
  return { kind: 'bytes', lengths: same ? length : lengths }
}

function joined(bytes: readonly Uint8Array[]): Uint8Array {
  const block = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0))
  let from = 0
  for (const one of bytes) {
    block.set(one, from)
    from += one.length
  }
  return block
}
