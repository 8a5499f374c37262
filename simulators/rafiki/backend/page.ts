/** How a list is to be cut, as Rafiki's Admin API and point-of-sale take it. */
export interface PageRequest {
  first?: number | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
  after?: string | null | undefined
  sortOrder?: 'ASC' | 'DESC' | null | undefined
}

export interface PageInfo {
  startCursor?: string
  endCursor?: string
  hasNextPage: boolean
  hasPreviousPage: boolean
}

export interface Page<Item> {
  items: Item[]
  info: PageInfo
}

const USUAL = 20
const MOST = 100

/**
 * One page of `items`, which come oldest first; the newest lead unless asked otherwise. An unknown cursor gives an empty page; of two cursors
 * `after` counts. Throws an Error, as Rafiki does, for sizes outside 0 to 100 (0 is the usual 20) and for `last` without `before`.
 */
export function pageOf<Item extends { id: string }>(
  items: readonly Item[],
  request: PageRequest,
): Page<Item> {
  const { before, after, last } = request
  if (typeof before !== 'string' && typeof last === 'number')
    throw new Error("Can't paginate backwards from the start.")
  const [first, backwards] = [sizeOf(request.first), sizeOf(last)]
  const ordered = request.sortOrder === 'ASC' ? [...items] : items.toReversed()
  const [from, to] =
    typeof after === 'string' ? forward(ordered, after, first) : backward(ordered, before, first, backwards)
  const page = ordered.slice(from, to)
  return { items: page, info: infoOf(page, from, ordered.length) }
}

function sizeOf(wanted: number | null | undefined): number {
  const size = wanted || USUAL
  if (!Number.isInteger(size) || size < 0 || size > MOST) throw new Error('Pagination index error')
  return size
}

function forward(items: readonly { id: string }[], cursor: string, size: number): [number, number] {
  const index = items.findIndex(({ id }) => id === cursor)
  return index === -1 ? [0, 0] : [index + 1, index + 1 + size]
}

function backward(
  items: readonly { id: string }[],
  cursor: string | null | undefined,
  first: number,
  last: number,
): [number, number] {
  if (typeof cursor !== 'string') return [0, first]
  const index = Math.max(
    0,
    items.findIndex(({ id }) => id === cursor),
  )
  return [Math.max(0, index - last), index]
}

function infoOf(page: readonly { id: string }[], from: number, total: number): PageInfo {
  const [head, tail] = [page[0], page.at(-1)]
  if (head === undefined || tail === undefined) return { hasNextPage: false, hasPreviousPage: false }
  return {
    startCursor: head.id,
    endCursor: tail.id,
    hasNextPage: from + page.length < total,
    hasPreviousPage: from > 0,
  }
}
