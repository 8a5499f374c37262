import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freshDatabase } from './fresh-database.ts'

test('two that find nothing kept make one archive, and both can read it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tapbench-fresh-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const archives = await Promise.all([freshDatabase(folder), freshDatabase(folder)])
  const sizes = await Promise.all(archives.map(async (archive) => (await archive.arrayBuffer()).byteLength))
  assert.equal((await readdir(folder)).length, 1)
  assert.ok(sizes.every((size) => size > 1_000_000 && size === sizes[0]))
})
