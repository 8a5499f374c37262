import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PageRequest, pageOf } from './page.ts'

const items = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))

const CASES: [request: PageRequest, ids: string, next: boolean, previous: boolean][] = [
  [{}, 'edcba', false, false],
  [{ sortOrder: 'ASC' }, 'abcde', false, false],
  [{ first: 2 }, 'ed', true, false],
  [{ first: 2, after: 'd' }, 'cb', true, true],
  [{ first: 2, after: 'b' }, 'a', false, true],
  [{ last: 2, before: 'b' }, 'dc', true, true],
  [{ before: 'c', first: 1 }, 'ed', true, false],
  [{ after: 'd', before: 'b', first: 1 }, 'c', true, true],
  [{ first: 0 }, 'edcba', false, false],
  [{ sortOrder: 'ASC', before: 'c', last: 1 }, 'b', true, true],
  [{ last: 9, before: 'c' }, 'ed', true, false],
  [{ after: 'a' }, '', false, false],
  [{ after: 'unknown' }, '', false, false],
  [{ before: 'unknown' }, '', false, false],
]

test('pages are cut at cursors, newest first', () => {
  for (const [request, ids, hasNextPage, hasPreviousPage] of CASES) {
    const page = pageOf(items, request)
    const what = JSON.stringify(request)
    assert.equal(page.items.map(({ id }) => id).join(''), ids, what)
    assert.deepEqual([page.info.hasNextPage, page.info.hasPreviousPage], [hasNextPage, hasPreviousPage], what)
    assert.deepEqual(
      [page.info.startCursor ?? '', page.info.endCursor ?? ''],
      [ids.at(0) ?? '', ids.at(-1) ?? ''],
    )
  }
})

test('sizes that Rafiki does not take', () => {
  const cases: [request: PageRequest, message: string][] = [
    [{ last: 2 }, "Can't paginate backwards from the start."],
    [{ last: 0 }, "Can't paginate backwards from the start."],
    [{ after: 'c', last: 1 }, "Can't paginate backwards from the start."],
    [{ first: 101 }, 'Pagination index error'],
    [{ first: -1 }, 'Pagination index error'],
    [{ first: 1.5 }, 'Pagination index error'],
    [{ before: 'c', last: 101 }, 'Pagination index error'],
  ]
  for (const [request, message] of cases)
    assert.throws(() => pageOf(items, request), { message }, JSON.stringify(request))
})
