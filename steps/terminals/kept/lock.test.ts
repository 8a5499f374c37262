import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { lockFolder } from './lock.ts'

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tb-lock-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

test('a folder is locked once, until it is given back', async (t) => {
  const folder = join(await folderOf(t), 'made')
  const lock = await lockFolder(folder)
  await assert.rejects(lockFolder(folder), new RegExp(`process ${process.pid} works on it`))
  await lock.close()
  await (await lockFolder(folder)).close()
})

test('a lock whose program is gone counts for nothing', async (t) => {
  const folder = await folderOf(t)
  for (const left of ['4194304', '', 'nobody']) {
    await writeFile(join(folder, 'lock'), left)
    await (await lockFolder(folder)).close()
  }
})
