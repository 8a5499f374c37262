import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST_ENDED, Newest } from './newest.ts'

test('of what has ended the newest stay, and all that has not ended', () => {
  const payments = new Newest<{ id: string }>()
  const made = Array.from({ length: 2 * MOST_ENDED + 1 }, (_, number) => ({ id: `${number}` }))
  for (const payment of made) payments.add(payment)
  const [open, ...others] = made
  const forgotten = others.flatMap((payment) => payments.ended(payment))
  assert.deepEqual(
    forgotten,
    others.slice(0, MOST_ENDED).map(({ id }) => id),
  )
  assert.deepEqual(payments.list(), [open, ...others.slice(MOST_ENDED)])
  assert.deepEqual([payments.get('1'), payments.has('1'), payments.get('0')], [null, false, open])
})
