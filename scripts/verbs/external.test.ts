import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tapbench } from '../testing/command.ts'
import { startRafikiPrograms } from '../testing/rafiki-programs.ts'
import { SOME_PAYMENTS } from '../testing/some-payments.ts'

test('a pair that runs already, as programs of their own', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tb-external-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const { profile, env } = await startRafikiPrograms(t)
  const path = join(folder, 'pair.yaml')
  await writeFile(path, profile)
  const bench = ['--profile', path]
  const report = ['--transport', 'loopback', '--report', join(folder, 'report')]
  const run = ['run', 'features/payment', '--name', SOME_PAYMENTS, ...bench, ...report]

  await t.test('its status: it can be used, and no secret is shown', async (t) => {
    const { code, stdout, stderr } = await tapbench(t, ['rafiki', 'status', '--json', ...bench], { env })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    const { rafiki, ready, services } = JSON.parse(stdout)
    assert.deepEqual([rafiki, ready, services.length], ['external', true, 6])
    for (const secret of Object.values(env)) assert.ok(!stdout.includes(secret))
  })

  await t.test(
    'scenarios run unchanged on it, and those that it cannot serve are skipped with the reason',
    async (t) => {
      const { code, stdout, stderr } = await tapbench(t, run, { env })
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
      assert.match(stdout, /6 scenarios \(4 passed, 2 skipped\)/)
      const html = await readFile(join(folder, 'report/report.html'), 'utf8')
      for (const reason of [
        'stops something inside Rafiki or moves its clock: needs rafiki.socket embedded',
        'stops point-of-sale or the card service: needs rafiki.socket embedded or docker',
      ])
        assert.ok(html.includes(reason), reason)
    },
  )

  const weaknesses = ['run', 'features/rafiki/weaknesses.feature', ...bench, ...report]

  await t.test('its weaknesses are reported with evidence, and fail no scenario', async (t) => {
    const { code, stdout, stderr } = await tapbench(t, weaknesses, { env })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
    assert.match(stdout, /\nweaknesses: 9 present, 6 absent\n/)
    assert.match(stdout, /weakness present: point-of-sale believes an event with no signature: answered 404 /)
    assert.match(
      stdout,
      /weakness present: an incoming payment dies .*: it lives 10 s, point-of-sale waits 30 s\n/,
    )
    const html = await readFile(join(folder, 'report/report.html'), 'utf8')
    assert.match(html, /<h2>Known weaknesses<\/h2>[\s\S]*<b>present<\/b><\/td><td>it lives 10 s/)
    assert.doesNotMatch(await readFile(join(folder, 'report/junit.xml'), 'utf8'), /<failure/)
  })

  await t.test('with --strict one fails its scenario: exit code 1', async (t) => {
    const { code, stdout } = await tapbench(t, [...weaknesses, '--strict', '--name', 'dies while'], { env })
    assert.equal(code, 1)
    assert.match(stdout, /1 scenario \(1 failed\)/)
    assert.match(stdout, /Error: weakness present: it lives 10 s, point-of-sale waits 30 s/)
    const junit = await readFile(join(folder, 'report/junit.xml'), 'utf8')
    assert.equal(junit.match(/<failure/g)?.length, 1)
  })

  await t.test('a wrong secret: exit code 3, and the settings to correct', async (t) => {
    const wrong = { ...env, TAPBENCH_MERCHANT_ADMIN_API_SECRET: 'another' }
    const { code, stdout } = await tapbench(t, ['rafiki', 'status', ...bench], { env: wrong })
    assert.equal(code, 3)
    assert.match(
      stdout,
      /WRONG {4}merchant's backend at .*\n.*refused the request.*\n.*→ correct rafiki\.merchant\.tenantId/,
    )
    assert.match(stdout, /The pair cannot be used as the profile says\.\n$/)
  })
})
