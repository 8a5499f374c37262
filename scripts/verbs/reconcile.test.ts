import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startPrivatePostgres } from '../lib/private-postgres.ts'
import { tapbench } from '../testing/command.ts'
import { startRafikiPrograms } from '../testing/rafiki-programs.ts'

test('the books of a run, on PostgreSQL and a pair that runs already', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-reconcile-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const [{ profile, env: secrets }, postgres] = await Promise.all([
    startRafikiPrograms(t),
    startPrivatePostgres(),
  ])
  t.after(() => postgres.close())
  const path = join(folder, 'pair.yaml')
  await writeFile(path, profile)
  const env = { ...secrets, DATABASE_URL: postgres.url }
  const args = ['reconcile', '--profile', path]

  await t.test('before any run: exit code 3, the database is not that of the ASEs', async (t) => {
    const { code, stderr } = await tapbench(t, args, { env })
    assert.equal(code, 3)
    assert.match(
      stderr,
      /expected a table payments in the schema merchant_ase at 127\.0\.0\.1:\d+ \(DATABASE_URL\), found none/,
    )
  })

  await t.test('after three taps that are approved: all parties say the same', async (t) => {
    const some = ['run', 'features/payment', '--name', '^three taps of one card', '--profile', path]
    const run = await tapbench(t, [...some, '--transport', 'loopback', '--report', join(folder, 'report')], {
      env,
    })
    assert.equal(run.code, 0, run.stdout)
    const { code, stdout } = await tapbench(t, [...args, '--json'], { env })
    const { payments, agreed, findings } = JSON.parse(stdout)
    assert.deepEqual({ code, payments, agreed, findings }, { code: 0, payments: 3, agreed: 3, findings: [] })
  })

  await t.test('another period: nothing', async (t) => {
    const { code, stdout } = await tapbench(t, [...args, '--to', '2026-01-01T00:00:00Z'], { env })
    assert.deepEqual(
      { code, stdout },
      {
        code: 0,
        stdout:
          '2025-12-31T00:00:00.000Z to 2026-01-01T00:00:00.000Z: 0 payments, of 0 all parties say the same\nunexplained: 0\nexplained: 0\n',
      },
    )
  })

  await t.test('a word that is changed: exit code 1, and what each party says', async (t) => {
    const client = new pg.Client(postgres.url)
    await client.connect()
    await client.query("update merchant_ase.payments set word = 'Declined' where amount = 200")
    await client.end()
    const { code, stdout } = await tapbench(t, args, { env })
    assert.equal(code, 1)
    assert.match(stdout, /: 3 payments, of 2 all parties say the same\nunexplained: 1\ndeclined_with_money: /)
    assert.match(stdout, /\n {2}merchant ASE: Declined, 200 minor units of EUR, /)
    assert.match(stdout, /\n {2}customer ASE: completed, debited 200 minor units\nexplained: 0\n$/)
  })
})

test('what cannot be reconciled: exit code 2, and what to do', async (t) => {
  const table: readonly [args: string[], said: RegExp][] = [
    [[], /expected a Rafiki that outlives the run/],
    [['--from', 'yesterday'], /expected --from to be a moment such as 2026-11-21T09:00:00Z, got "yesterday"/],
    [['--from', '2026-02-01', '--to', '2026-01-01'], /expected --from to be before --to/],
  ]
  for (const [args, said] of table) {
    const { code, stderr } = await tapbench(t, ['reconcile', ...args])
    assert.equal(code, 2, stderr)
    assert.match(stderr, said)
  }
})
