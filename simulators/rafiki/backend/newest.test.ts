import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AT_ONCE, MOST_ENDED, Newest } from './newest.ts'

test('of what has ended the newest stay, and all that has not ended', () => {
  const payments = new Newest<{ id: string }>()
  const made = Array.from({ length: MOST_ENDED + AT_ONCE + 1 }, (_, number) => ({ id: `${number}` }))
  for (const payment of made) payments.add(payment)
  const [open, ...others] = made
  const forgotten = others.flatMap((payment) => payments.ended(payment))
  assert.deepEqual(
    forgotten,
    others.slice(0, AT_ONCE).map(({ id }) => id),
  )
  assert.deepEqual(payments.list(), [open, ...others.slice(AT_ONCE)])
  assert.deepEqual([payments.get('1'), payments.has('1'), payments.get('0')], [null, false, open])
})
