import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Interval, lengthOf, minus, union } from './intervals.ts'

const UNIONS: [what: string, of: Interval[], is: Interval[]][] = [
  ['nothing', [], []],
  ['one that is empty', [[3, 3]], []],
  ['one that ends before it begins', [[3, 2]], []],
  [
    'two apart, out of order',
    [
      [5, 7],
      [1, 2],
    ],
    [
      [1, 2],
      [5, 7],
    ],
  ],
  [
    'two that touch',
    [
      [1, 2],
      [2, 3],
    ],
    [[1, 3]],
  ],
  [
    'one within another, and one over its end',
    [
      [1, 9],
      [2, 3],
      [8, 11],
    ],
    [[1, 11]],
  ],
]
for (const [what, of, is] of UNIONS) test(`the union of ${what}`, () => assert.deepEqual(union(of), is))

const DIFFERENCES: [what: string, of: Interval[], holes: Interval[], is: Interval[]][] = [
  ['no hole', [[1, 5]], [], [[1, 5]]],
  [
    'a hole in the middle',
    [[1, 9]],
    [[3, 5]],
    [
      [1, 3],
      [5, 9],
    ],
  ],
  [
    'a hole over the beginning and one over the end',
    [[2, 8]],
    [
      [0, 3],
      [7, 9],
    ],
    [[3, 7]],
  ],
  ['a hole around it', [[2, 8]], [[0, 9]], []],
  ['a hole beside it', [[2, 8]], [[8, 9]], [[2, 8]]],
  [
    'one hole over two, which overlaps another',
    [
      [1, 4],
      [6, 9],
    ],
    [
      [3, 7],
      [5, 8],
    ],
    [
      [1, 3],
      [8, 9],
    ],
  ],
]
for (const [what, of, holes, is] of DIFFERENCES)
  test(`what is left with ${what}`, () => assert.deepEqual(minus(of, holes), is))

test('time that is covered twice counts once', () =>
  assert.equal(
    lengthOf([
      [1, 4],
      [2, 6],
      [10, 11],
    ]),
    6,
  ))

test('what is left and what was taken away are the whole, wherever the holes are', () => {
  // All pairs of intervals of the numbers 0 to 5.
  const all = [0, 1, 2, 3, 4, 5].flatMap((from) => [0, 1, 2, 3, 4, 5].map((to): Interval => [from, to]))
  for (const one of all)
    for (const hole of all) {
      const left = minus([one], [hole])
      const common = lengthOf([[Math.max(one[0], hole[0]), Math.min(one[1], hole[1])]])
      assert.equal(lengthOf(left) + common, lengthOf([one]), `${one} without ${hole}`)
    }
})
