import type { Column, Group, Packed } from './packed.ts'

/** What the reader wants of a block: a view, or a copy that outlives it. */
export type Take = (block: Uint8Array, from: number, to: number) => Uint8Array

export const view: Take = (block, from, to) => block.subarray(from, to)
export const copy: Take = (block, from, to) => block.slice(from, to)

/** The objects again, in their order; bytes as `Uint8Array`, whatever they were. */
export function unpack({ count, groups, block }: Packed, take: Take): unknown[] {
  let from = 0
  return objectsOf(groups, count, (length) => {
    const to = from + length
    const bytes = take(block, from, to)
    from = to
    return bytes
  })
}

type Next = (length: number) => Uint8Array

function objectsOf(groups: readonly Group[], count: number, next: Next): unknown[] {
  const [only] = groups
  if (only?.places === null) return groupOf(only, count, next)
  const all = new Array<unknown>(count)
  for (const group of groups) {
    const places = group.places ?? []
    const objects = groupOf(group, places.length, next)
    for (const [at, place] of places.entries()) all[place] = objects[at]
  }
  return all
}

/** Copies of one object, since that is quicker than to give each its fields, with what differs set. */
function groupOf({ fields }: Group, count: number, next: Next): unknown[] {
  const like: Record<string, unknown> = {}
  const columns: { name: string; cells: readonly unknown[] }[] = []
  for (const [name, column] of Object.entries(fields)) {
    like[name] = column.kind === 'same' ? column.value : null
    if (column.kind !== 'same') columns.push({ name, cells: cellsOf(column, count, next) })
  }
  const all: unknown[] = []
  for (let at = 0; at < count; at++) {
    const object = { ...like }
    for (const { name, cells } of columns) object[name] = cells[at]
    all.push(object)
  }
  return all
}

function cellsOf(column: Exclude<Column, { kind: 'same' }>, count: number, next: Next): readonly unknown[] {
  if (column.kind === 'each') return column.values
  if (column.kind === 'objects') return objectsOf(column.groups, count, next)
  const { lengths } = column
  const all: Uint8Array[] = []
  for (let at = 0; at < count; at++)
    all.push(next(typeof lengths === 'number' ? lengths : (lengths[at] ?? 0)))
  return all
}
