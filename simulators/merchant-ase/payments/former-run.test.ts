import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import type { Outcome } from '../../../protocols/outcome/outcome.ts'
import { openDatabase } from '../../common/database.ts'
import { HttpError } from '../../common/http-client.ts'
import type { RafikiAdmin } from '../../common/rafiki-admin.ts'
import { testDatabase } from '../../common/testing/test-database.ts'
import { migrations } from '../database/migrations.ts'
import type { Database, Tables } from '../database/tables.ts'
import { FormerRun } from './former-run.ts'
import { PaymentBook } from './payment-book.ts'

const BEGAN = Date.UTC(2026, 10, 21, 12)
const SKEW_MS = 10_000

interface InRafiki {
  id: string
  state?: string
  value?: string
  assetCode?: string
  createdAt?: number
}

let db: Database
let book: PaymentBook
let journal: MemoryJournal
let inRafiki: InRafiki[] | Error

before(async () => {
  db = await openDatabase<Tables>(testDatabase('merchant_ase'), migrations)
})
after(() => db.destroy())
beforeEach(async () => {
  await db.deleteFrom('payments').execute()
  await db.deleteFrom('incoming_payments').execute()
  book = new PaymentBook(db)
  journal = new MemoryJournal(() => 0)
  inRafiki = []
})

/** The newest first, two a page. */
const admin = {
  run: async (_query: string, { after }: { after: string | null }) => {
    if (inRafiki instanceof Error) throw inRafiki
    const from = after === null ? 0 : Number(after)
    const edges = inRafiki.slice(from, from + 2).map((one) => {
      const { id, state = 'COMPLETED', value = '1250', assetCode = 'EUR', createdAt = BEGAN + 100 } = one
      const receivedAmount = { value, assetCode, assetScale: 2 }
      return { node: { id, state, createdAt: new Date(createdAt).toISOString(), receivedAmount } }
    })
    const pageInfo = { endCursor: `${from + 2}`, hasNextPage: inRafiki.length > from + 2 }
    return { walletAddress: { incomingPayments: { edges, pageInfo } } }
  },
} as unknown as RafikiAdmin

async function begun({ word = null as string | null, amount = 1250n, money = null as string | null } = {}) {
  const requestId = randomUUID()
  await db
    .insertInto('payments')
    .values({
      terminal_id: 'pos-1',
      request_id: requestId,
      body_digest: Buffer.alloc(32),
      amount,
      asset_code: 'EUR',
      sender: 'https://wallet.tapbench.example/alice',
      receiver_id: 'the shop',
      created_at: BEGAN,
      word,
      incoming_payment_id: money,
    })
    .execute()
  return requestId
}

/** The words that the payments end with, by request id. */
async function settled(): Promise<Record<string, string>> {
  const ended: [string, Outcome][] = []
  const former = new FormerRun({ book, admin, journal, skewMs: SKEW_MS })
  await former.settle(async ({ terminalId, requestId }, outcome) => {
    ended.push([requestId, outcome])
    await book.finish(terminalId, requestId, outcome)
  })
  assert.deepEqual(await book.unfinished(), [])
  return Object.fromEntries(ended.map(([id, { word }]) => [id, word]))
}

const notes = () => journal.entries.flatMap((entry) => (entry.kind === 'fact' ? [entry.text] : []))

test('the money has come: approved, and nothing to reconcile', async () => {
  const id = await begun()
  inRafiki = [
    { id: 'other amount', value: '1251' },
    { id: 'other currency', assetCode: 'USD' },
    { id: 'paid' },
  ]
  assert.deepEqual(await settled(), { [id]: 'Approved' })
  assert.deepEqual(notes(), [])
})

test('a webhook has told of its money: approved without a question', async () => {
  const id = await begun({ money: 'paid' })
  inRafiki = new HttpError('nobody is asked', 'unreachable')
  assert.deepEqual(await settled(), { [id]: 'Approved' })
})

for (const [what, found] of [
  ['nothing', []],
  ['a payment that is not completed', [{ id: 'a', state: 'PENDING' }]],
  ['money of before', [{ id: 'a', createdAt: BEGAN - SKEW_MS - 1 }]],
  ['no answer', new HttpError('no answer within 3000 ms', 'timeout')],
] as const)
  test(`${what} in Rafiki: abandoned, and told`, async () => {
    const id = await begun()
    inRafiki = found instanceof Error ? found : [...found]
    assert.deepEqual(await settled(), { [id]: 'Failed' })
    assert.ok(notes().includes('1 payments of a former run have no outcome: reconcile'), notes().join())
  })

test('money that another payment has is not counted', async () => {
  await begun({ word: 'Approved', money: 'known' })
  const id = await begun()
  const row = { amount: 1250, asset_code: 'EUR', asset_scale: 2, completed_at: BEGAN }
  await db
    .insertInto('incoming_payments')
    .values({ event_id: randomUUID(), id: 'known', wallet_address_id: 'the shop', ...row })
    .execute()
  inRafiki = [{ id: 'known' }]
  assert.deepEqual(await settled(), { [id]: 'Failed' })
})

test('two alike, one of them approved and still without its money: one incoming payment tells nothing, two do', async () => {
  await begun({ word: 'Approved' })
  const first = await begun()
  inRafiki = [{ id: 'a' }]
  assert.deepEqual(await settled(), { [first]: 'Failed' })
  const second = await begun()
  inRafiki = [{ id: 'a' }, { id: 'b' }]
  assert.deepEqual(await settled(), { [second]: 'Approved' })
})
