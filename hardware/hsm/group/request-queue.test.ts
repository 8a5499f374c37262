import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { HsmError } from '../error.ts'
import { newKeyOf } from '../new-key.ts'
import type { HsmRequest } from '../requests.ts'
import { RequestQueue } from './request-queue.ts'
import { type Waiting, waitingFor } from './waiting.ts'

const REQUEST = { operation: 'GenerateKcv', args: { key: 'k' } } as const
const PAIR: HsmRequest = {
  operation: 'GenerateKeyPair',
  args: { key: newKeyOf({ label: 'pair', usage: 'signing', algorithm: 'rsa-3072' }) },
}

function someQueue(queueAtMost = 2) {
  const clock = new ManualClock()
  const queue = new RequestQueue({ clock, queueAtMost, waitAtMostMs: 1_000 })
  const refused: string[] = []
  const add = (name: string, request: HsmRequest = REQUEST): Waiting => {
    const reject = (error: unknown) => refused.push(`${name}: ${error instanceof HsmError ? error.code : ''}`)
    const waiting = waitingFor(request, [], queue.until, 1, { resolve: () => {}, reject })
    queue.add(waiting)
    return waiting
  }
  return { clock, queue, refused, add }
}

test('gives in the order in which they came, what is put back first', () => {
  const { clock, queue, add } = someQueue()
  const [a, b] = [add('a'), add('b')]
  assert.deepEqual(queue.take(1), [a])
  const c = add('c')
  queue.putBack([a])
  assert.deepEqual(queue.take(3), [a, b, c])
  clock.advance(1_000)
  assert.equal(clock.pending, 0)
})

test('gives what takes long as the last of a batch', () => {
  const { queue, add } = someQueue(5)
  const all = [add('a'), add('b', PAIR), add('c', PAIR), add('d'), add('e')]
  const batches = [queue.take(5), queue.take(5), queue.take(1), queue.take(5)]
  assert.deepEqual(batches, [all.slice(0, 2), all.slice(2, 3), all.slice(3, 4), all.slice(4)])
  queue.refuse(undefined)
})

test('refuses one too many at once, and each that waits when its own time is over', () => {
  const { clock, queue, refused, add } = someQueue()
  add('a')
  clock.advance(400)
  add('b')
  add('c')
  assert.deepEqual(refused, ['c: HSM_BUSY'])
  clock.advance(600)
  assert.deepEqual(refused.slice(1), ['a: DEADLINE_PASSED'])
  clock.advance(400)
  assert.deepEqual(
    { refused: refused.slice(2), length: queue.length },
    { refused: ['b: DEADLINE_PASSED'], length: 0 },
  )
  assert.equal(clock.pending, 0)
})

test('what is put back late is given up at once', () => {
  const { clock, queue, refused, add } = someQueue()
  const late = add('late')
  queue.take(1)
  clock.advance(1_000)
  queue.putBack([late])
  clock.advance(0)
  assert.deepEqual(refused, ['late: DEADLINE_PASSED'])
})

test('refuses all that wait when nobody will take them', () => {
  const { clock, queue, refused, add } = someQueue()
  add('a')
  add('b')
  queue.refuse(new HsmError('HSM_CLOSED', 'expected an open HSM, got one that was closed'))
  assert.deepEqual(refused, ['a: HSM_CLOSED', 'b: HSM_CLOSED'])
  assert.equal(clock.pending, 0)
})
