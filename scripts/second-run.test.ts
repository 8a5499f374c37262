import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startPrivatePostgres } from './lib/private-postgres.ts'
import { tapbench } from './testing/command.ts'

test('a run finds in PostgreSQL what the one before has left there, and onboards terminals of its own', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-second-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const postgres = await startPrivatePostgres()
  t.after(() => postgres.close())
  const env = { DATABASE_URL: postgres.url }
  const some = ['run', 'features/payment/online-pin.feature', '--name', 'format 4 with AES$']
  const args = [...some, '--transport', 'loopback', '--report', join(folder, 'report')]
  for (const run of ['first', 'second']) {
    const { code, stdout } = await tapbench(t, args, { env })
    assert.equal(code, 0, `${run} run: ${stdout}`)
    assert.match(stdout, /^1 scenario \(1 passed\)$/m)
  }
})
