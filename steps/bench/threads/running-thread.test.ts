import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { startThread } from './running-thread.ts'
import type { ThreadData } from './wire.ts'

const FRAGILE = new URL('./testing/fragile-thread.ts', import.meta.url)

// It looks at none of this.
const DATA = {} as Omit<ThreadData, 'parts'>

const startFragile = () => startThread(['merchant', 'customer'], DATA, silentJournal, FRAGILE)

test('a thread that breaks is told to every call under way in each of its parts, and to every later one', async () => {
  const { parts, close } = await startFragile()
  const broke =
    /thread of merchant and customer to run until the bench ends, it broke with "the books are gone"/
  const { merchant, customer } = parts
  const waiting = [merchant.advance(['merchant'], 1), customer.advance(['customer'], 1), customer.collect()]
  await Promise.all(waiting.map((call) => assert.rejects(call, broke)))
  await assert.rejects(merchant.collect(), broke)
  await close()
})

test('a thread that ends by itself is told with its exit code', async () => {
  const { parts, close } = await startFragile()
  await assert.rejects(parts.merchant.record(true), /it ended with exit code 7/)
  await close()
})

test('a thread that does not start throws why', async () => {
  const nowhere = new URL('./testing/no-such-thread.ts', import.meta.url)
  await assert.rejects(
    startThread(['merchant'], DATA, silentJournal, nowhere),
    /it broke with "Cannot find module/,
  )
})
