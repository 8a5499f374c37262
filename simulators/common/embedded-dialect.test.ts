import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { openDatabase } from './database.ts'
import { testDatabase } from './testing/test-database.ts'

interface Tables {
  things: { id: number; text: string | null }
}

let db: Kysely<Tables>

before(async () => {
  db = await openDatabase<Tables>({ ...testDatabase('without_tables'), url: undefined }, {})
  await sql`create table things (id integer primary key, text text)`.execute(db)
})

after(() => db.destroy())

beforeEach(() => db.deleteFrom('things').execute())

const VALUES: [type: string, given: unknown, got: unknown][] = [
  ['text', 'it\'s "so" \\ €', 'it\'s "so" \\ €'],
  ['text', null, null],
  ['text', '', ''],
  ['integer', 7, 7],
  ['bigint', '9007199254740993', 9007199254740993n],
  ['bigint', 5n, 5],
  ['boolean', false, false],
  ['bytea', new Uint8Array([0, 92, 255]), new Uint8Array([0, 92, 255])],
  ['jsonb', { a: ["'", null] }, { a: ["'", null] }],
  ['timestamptz', new Date(0), new Date(0)],
  ['uuid', '0d0ba8e2-7d3c-4a0c-9f5e-000000000001', '0d0ba8e2-7d3c-4a0c-9f5e-000000000001'],
]

for (const [type, given, got] of VALUES) {
  test(`a parameter of type ${type} comes back: ${String(given)}`, async () => {
    const { rows } = await sql<{ value: unknown }>`select ${given}::${sql.raw(type)} as value`.execute(db)
    assert.deepEqual(rows, [{ value: got }])
  })
}

test('a statement says how many rows it touched; one that gives rows has none to say', async () => {
  const inserted = await db
    .insertInto('things')
    .values([
      { id: 1, text: 'a' },
      { id: 2, text: null },
    ])
    .executeTakeFirst()
  assert.equal(inserted.numInsertedOrUpdatedRows, 2n)
  const changed = await db.updateTable('things').set({ text: 'b' }).where('id', '>', 1).executeTakeFirst()
  assert.equal(changed.numUpdatedRows, 1n)
  assert.equal((await sql`select 1`.execute(db)).numAffectedRows, undefined)
})

test('rows of any number and size come back, each with its values', async () => {
  const { rows } = await sql<{ number: number; long: string; nothing: null }>`
    select number, repeat('€', number * 10) as long, null as nothing from generate_series(1, 500) number`.execute(
    db,
  )
  const expected = Array.from({ length: 500 }, (_, index) => index + 1)
  assert.deepEqual(
    rows,
    expected.map((number) => ({ number, long: '€'.repeat(number * 10), nothing: null })),
  )
})

test('what the database refuses is its error, and the next statement runs', async () => {
  await db.insertInto('things').values({ id: 1, text: null }).execute()
  const again = db.insertInto('things').values({ id: 1, text: null }).execute()
  await assert.rejects(again, { code: '23505' })
  await assert.rejects(sql`select nonsense from things`.execute(db), { code: '42703' })
  assert.equal((await db.selectFrom('things').selectAll().execute()).length, 1)
})

test('a transaction that is rolled back takes nothing of others with it', async () => {
  let begun = () => {}
  const open = new Promise<void>((resolve) => {
    begun = resolve
  })
  const failing = db.transaction().execute(async (transaction) => {
    await transaction.insertInto('things').values({ id: 1, text: 'inside' }).execute()
    begun()
    await transaction.selectFrom('things').selectAll().execute()
    throw new Error('rolled back')
  })
  await open
  const other = db.insertInto('things').values({ id: 2, text: 'outside' }).execute()
  await assert.rejects(failing, { message: 'rolled back' })
  await other
  assert.deepEqual(await db.selectFrom('things').selectAll().execute(), [{ id: 2, text: 'outside' }])
})

test('many at once are served one after another, in their order', async () => {
  const ids = Array.from({ length: 50 }, (_, id) => id)
  await Promise.all(ids.map((id) => db.insertInto('things').values({ id, text: null }).execute()))
  const rows = await db.selectFrom('things').select('id').execute()
  assert.deepEqual(
    rows.map(({ id }) => id),
    ids,
  )
})
