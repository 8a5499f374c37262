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

/** One page of `items`, which come oldest first; the newest lead unless asked otherwise. An unknown cursor gives an empty page. */
export function pageOf<Item extends { id: string }>(
  items: readonly Item[],
  request: PageRequest,
): Page<Item> {
  const { first, last, before, after, sortOrder } = request
  const ordered = sortOrder === 'ASC' ? [...items] : items.toReversed()
  const start = after ? indexAfter(ordered, after) : 0
  const end = before ? ordered.findIndex(({ id }) => id === before) : ordered.length
  const size = Math.min(first ?? last ?? USUAL, MOST)
  const from = before || last ? Math.max(start, end - size) : start
  const page = ordered.slice(from, Math.max(from, Math.min(end, from + size)))
  return { items: page, info: infoOf(page, from, ordered.length) }
}

function indexAfter(items: readonly { id: string }[], cursor: string): number {
  const index = items.findIndex(({ id }) => id === cursor)
  return index === -1 ? items.length : index + 1
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
