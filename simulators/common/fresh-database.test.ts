import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { openDatabase } from './database.ts'

interface Tables {
  things: { number: number }
}

const running = (statement: string): Migration => ({
  up: async (db) => {
    await sql.raw(statement).execute(db)
  },
})
const first = { '1': running('create table things (number integer)') }
const second = { ...first, '2': running('insert into things values (2)') }

test('two that find nothing kept make one archive with their tables; other migrations make another', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tapbench-fresh-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const place = { schema: 'test', cacheDirectory: join(folder, 'cache') }
  const numbersOf = async (migrations: Record<string, Migration>, directory?: string) => {
    const db = await openDatabase<Tables>({ ...place, directory }, migrations)
    const rows = await db.selectFrom('things').select('number').execute()
    await db.destroy()
    return rows.map(({ number }) => number)
  }
  assert.deepEqual(await Promise.all([numbersOf(first), numbersOf(first)]), [[], []])
  assert.equal((await readdir(place.cacheDirectory)).length, 1)
  assert.deepEqual(await numbersOf(second), [2])
  assert.equal((await readdir(place.cacheDirectory)).length, 2)

  const directory = join(folder, 'database')
  assert.deepEqual(await numbersOf(first, directory), [], 'a new one in a folder begins with the archive too')
  assert.deepEqual(await numbersOf(second, directory), [2], 'and is brought up to date when it is there')
})
