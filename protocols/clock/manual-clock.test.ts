import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from './manual-clock.ts'

test('calls what is due, in order of time and then of call', () => {
  const clock = new ManualClock(1_000)
  const seen: [string, number][] = []
  const note = (name: string) => () => seen.push([name, clock.now()])
  clock.after(20, note('b'))
  clock.after(10, note('a'))
  clock.after(20, note('c'))
  clock.after(31, note('late'))
  clock.advance(30)
  assert.deepEqual(seen, [
    ['a', 1_010],
    ['b', 1_020],
    ['c', 1_020],
  ])
  assert.equal(clock.now(), 1_030)
  assert.equal(clock.pending, 1)
})

test('a call scheduled by a call fires in the same advance when it is due', () => {
  const clock = new ManualClock(0)
  const times: number[] = []
  const again = (): void => {
    times.push(clock.now())
    if (times.length < 3) clock.after(10, again)
  }
  clock.after(10, again)
  clock.advance(100)
  assert.deepEqual(times, [10, 20, 30])
})

test('a cancelled call does not fire, and cancelling twice or late is harmless', () => {
  const clock = new ManualClock()
  let fired = 0
  const early = clock.after(5, () => fired++)
  const late = clock.after(5, () => fired++)
  early.cancel()
  early.cancel()
  clock.advance(5)
  late.cancel()
  assert.equal(fired, 1)
  assert.equal(clock.pending, 0)
})
