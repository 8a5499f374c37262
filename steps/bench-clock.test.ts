import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BenchClock } from './bench-clock.ts'

test('putting the clock forward calls what was due, in order, and nothing else', async (t) => {
  const clock = new BenchClock()
  t.after(() => clock.close())
  const called: string[] = []
  const last = new Promise<void>((resolve) => {
    clock.after(30_000, () => {
      called.push('30 s')
      resolve()
    })
  })
  clock.after(10_000, () => called.push('10 s'))
  clock.after(20_000, () => called.push('cancelled')).cancel()
  clock.after(40_000, () => called.push('40 s'))
  const before = clock.now()
  clock.advance(31_000)
  assert.ok(clock.now() - before >= 31_000)
  await last
  assert.deepEqual(called, ['10 s', '30 s'])
})

test('nothing comes early, not by a part of a millisecond', async (t) => {
  const clock = new BenchClock()
  t.after(() => clock.close())
  const waited = async (milliseconds: number) => {
    const began = performance.now()
    await new Promise<void>((resolve) => clock.after(milliseconds, resolve))
    return performance.now() - began
  }
  const short: number[] = []
  for (let time = 0; time < 50; time++) {
    const took = await waited(2.5)
    if (took < 2.5) short.push(took)
  }
  assert.deepEqual(short, [])
})
