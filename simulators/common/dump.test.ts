import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { openDatabase } from './database.ts'
import { dumpDatabase } from './dump.ts'
import { testDatabase } from './testing/test-database.ts'

test('every table with every row, bytes in hexadecimal, tables without rows too', async (t) => {
  const db = await openDatabase(testDatabase('without_tables'), {})
  t.after(() => db.destroy())
  await sql`create table notes (number int, content bytea, word text)`.execute(db)
  await sql`create table "empty" (number int)`.execute(db)
  await sql`insert into notes values (1, '\\x00ff', 'one'), (2, null, 'a "b"')`.execute(db)
  const dumps = new Map((await dumpDatabase(db)).map(({ table, rows }) => [table, rows]))
  assert.equal(
    dumps.get('notes'),
    '{"number":1,"content":"\\\\x00ff","word":"one"}\n{"number":2,"content":null,"word":"a \\"b\\""}',
  )
  assert.equal(dumps.get('empty'), '')
})
