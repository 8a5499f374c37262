import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { eventually, startPair } from './test-pair.ts'

test('an approved payment: one answer, the events of both sides, the money at the shop', async () => {
  const pair = await startPair({ clock: new ManualClock() })
  try {
    const answer = await pair.pay()
    assert.deepEqual([answer.status, answer.body], [200, { result: { code: 'approved' } }])
    await eventually(
      () => pair.customer.webhooks.length === 2 && pair.merchant.webhooks.length === 2,
      'events',
    )
      pair.events
        .map((e) =>
          e.kind === 'http' ? [e.from, e.to, e.method, e.url, e.status, e.us].join(' ') : JSON.stringify(e),
        )
        .join('\n'),
    )
  } finally {
    await pair.close()
  }
})
