import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openDatabase } from '../../common/database.ts'
import { testDatabase } from '../../common/testing/test-database.ts'
import { DEFAULT_POLICY } from '../config.ts'
import { Housekeeping } from './housekeeping.ts'
import { migrations } from './migrations.ts'
import type { Tables } from './tables.ts'

test('only the newest closed decisions stay, and every reservation', async () => {
  const db = await openDatabase<Tables>(testDatabase('customer_ase'), migrations)
  const states = ['reserved', ...Array(9).fill('declined')]
  for (const state of states) {
    await sql`insert into decisions (outgoing_payment_id, created_event, payload_hash, initiated_at, state, reserved)
      values (${randomUUID()}, ${randomUUID()}, '', 0, ${state}, 0)`.execute(db)
  }
  await new Housekeeping(db, { ...DEFAULT_POLICY, keepDecisions: 4 }, true).prune()
  const decisions = await db.selectFrom('decisions').select('number').orderBy('number').execute()
  await db.destroy()
  assert.deepEqual(
    decisions.map(({ number }) => Number(number)),
    [1, 7, 8, 9, 10],
  )
})
