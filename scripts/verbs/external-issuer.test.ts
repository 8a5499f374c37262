import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { tapbench } from '../testing/command.ts'
import { startRafikiPrograms } from '../testing/rafiki-programs.ts'
import { startCustomerAse, startMerchantAse } from '../testing/vendor-programs.ts'

// Scenarios of features/payment: two that pay, one refused for what the card has signed, one that needs a hand at the issuer, forged events.
const SOME =
  '^(three taps of one card|a card "interledger-p256" pays 12.50|a card whose transaction counter|not enough balance|a webhook with .* of another secret to the customer)'

test('the issuer of somebody else, as a program of its own beside a pair that runs already', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-issuer-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const pair = await startRafikiPrograms(t)
  const path = join(folder, 'vendor.yaml')
  await writeFile(path, pair.profile)
  const seeded = await tapbench(t, ['rafiki', 'seed', '--profile', path], { env: pair.env })
  assert.equal(seeded.code, 0, seeded.stderr)
  const { socket: customerAse, env } = await startCustomerAse(t, folder, pair)
  const profile = { ...parse(pair.profile), customerAse }
  await writeFile(path, stringify(profile))

  const runOn = async (name: string, bench: string) => {
    const report = join(folder, name)
    const args = ['run', 'features/payment', '--name', SOME, '--profile', bench, '--report', report]
    const { code, stdout, stderr } = await tapbench(t, [...args, '--transport', 'loopback'], { env })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.match(stdout, /6 scenarios \(5 passed, 1 skipped\)/)
    return readFile(join(report, 'report.html'), 'utf8')
  }
  const counters = async () => {
    const { records } = customerAse.cards
    const files = (await readdir(records)).filter((name) => name.endsWith('.atc'))
    const counts = await Promise.all(files.map((name) => readFile(join(records, name), 'utf8')))
    return counts.map(Number).sort((one, other) => one - other)
  }

  await t.test('its status: it can be used, and no secret is shown', async (t) => {
    const { code, stdout, stderr } = await tapbench(t, ['rafiki', 'status', '--profile', path], { env })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.match(
      stdout,
      / {2}ok {7}customer ASE at .*\/webhooks: refuses events that are not signed, tells exchange rates, tells of its decisions, cards handed over: 2\n/,
    )
    for (const secret of Object.values(env)) assert.ok(!stdout.includes(secret))
  })

  await t.test('scenarios run on it, and those that need control over it are skipped', async () => {
    const html = await runOn('issuer', path)
    assert.match(html, /customer ASE: needs customerAse\.socket simulated/)
    assert.match(html, /money was not compared: of a customer ASE of somebody else the books are not open/)
    // One tap of the P-256 card; of the other three, and one that used its number twice.
    assert.deepEqual(await counters(), [1, 4])
  })

  await t.test("the POS API is somebody else's too, and the cards count on where they were", async (t) => {
    const merchantAse = await startMerchantAse(t, folder, pair)
    const both = join(folder, 'both.yaml')
    await writeFile(both, stringify({ ...profile, merchantAse }))
    await runOn('both', both)
    assert.deepEqual(await counters(), [2, 8])
  })

  await t.test(
    'nobody answers: exit code 3 before anything starts, naming the key of the profile',
    async (t) => {
      const wrong = join(folder, 'wrong.yaml')
      const nobody = { ...customerAse, webhookUrl: 'http://127.0.0.1:1/webhooks' }
      await writeFile(wrong, stringify({ ...profile, customerAse: nobody }))
      const { code, stderr } = await tapbench(t, ['tap', '--profile', wrong], { env })
      assert.equal(code, 3)
      assert.match(stderr, /ECONNREFUSED: start it, or correct customerAse\.webhookUrl/)
    },
  )
})
