import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { tapbench } from '../testing/command.ts'
import { startRafikiPrograms } from '../testing/rafiki-programs.ts'
import { startMerchantAse } from '../testing/vendor-programs.ts'

test('the POS API of somebody else, as a program of its own beside a pair that runs already', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-vendor-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const pair = await startRafikiPrograms(t)
  const { env } = pair
  const path = join(folder, 'vendor.yaml')
  await writeFile(path, pair.profile)
  const seeded = await tapbench(t, ['rafiki', 'seed', '--profile', path], { env })
  assert.equal(seeded.code, 0, seeded.stderr)
  const merchantAse = await startMerchantAse(t, folder, pair)
  const profile = { ...parse(pair.profile), merchantAse }
  await writeFile(path, stringify(profile))

  await t.test('a tap is approved there', async (t) => {
    const args = ['tap', '--json', '--transport', 'loopback', '--profile', path]
    const { code, stdout, stderr } = await tapbench(t, args, { env })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.equal(JSON.parse(stdout).outcome, 'Approved')
  })

  await t.test('scenarios run on it, and those that need control over it are skipped', async (t) => {
    const features = [
      'features/payment/approved.feature',
      'features/payment/declined.feature',
      'features/onboarding/payments.feature',
    ]
    const name = '^(three taps of one card|not enough balance|a merchant who is suspended|.*onboarded)'
    const report = ['--transport', 'loopback', '--report', join(folder, 'report')]
    const { code, stdout, stderr } = await tapbench(
      t,
      ['run', ...features, '--name', name, '--profile', path, ...report],
      { env },
    )
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.match(stdout, /scenarios \(\d+ skipped, 2 passed\)|scenarios \(2 passed, \d+ skipped\)/)
  })

  await t.test('a key that is none: exit code 2, naming the key of the profile', async (t) => {
    const terminal = { ...merchantAse.terminal, keyFile: join(folder, 'nowhere.pem') }
    const wrong = join(folder, 'wrong.yaml')
    await writeFile(wrong, stringify({ ...profile, merchantAse: { ...merchantAse, terminal } }))
    const { code, stderr } = await tapbench(t, ['tap', '--transport', 'loopback', '--profile', wrong], {
      env,
    })
    assert.equal(code, 2)
    assert.match(stderr, /expected merchantAse\.terminal\.keyFile to be a file/)
  })
})
