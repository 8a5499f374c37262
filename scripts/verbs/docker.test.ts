import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { ROOT } from '../../steps/bench/places.ts'
import { connectEngine } from '../../steps/rafiki-containers/engine.ts'
import { testVariables } from '../../steps/rafiki-containers/testing/variables.ts'
import { PUBLISHED, type Variables } from '../../steps/rafiki-containers/variables.ts'
import { tapbench } from '../testing/command.ts'
import { SOME_PAYMENTS } from '../testing/some-payments.ts'

test('a pair in containers, of stand-ins built here or of whatever RAFIKI_IMAGES names', async (t) => {
  const variables = await freshVariables()
  const lack = await lackOf(variables)
  if (lack !== null) return t.skip(lack)
  const folder = await mkdtemp(join(tmpdir(), 'tb-docker-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'pair.yaml')
  await writeFile(path, await profileOf(folder, variables))
  const bench = ['--profile', path]

  await t.test('up, status, seed twice, a run on it, down', async (t) => {
    t.after(() => tapbench(t, ['rafiki', 'down', ...bench]))
    const up = await tapbench(t, ['rafiki', 'up', ...bench])
    assert.deepEqual({ code: up.code, stderr: up.stderr }, { code: 0, stderr: '' })
    const status = await tapbench(t, ['rafiki', 'status', ...bench])
    assert.equal(status.code, 0, status.stdout)
    for (const changed of [true, false]) {
      const seed = await tapbench(t, ['rafiki', 'seed', '--json', ...bench])
      assert.equal(seed.code, 0, seed.stderr)
      const { merchant, customer } = JSON.parse(seed.stdout).changes
      assert.equal(merchant.length + customer.length > 0, changed, seed.stdout)
    }
    const how = ['--transport', 'loopback', '--report', folder]
    const run = ['run', 'features/payment', '--name', SOME_PAYMENTS, ...how]
    const { code, stdout } = await tapbench(t, [...run, ...bench])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /6 scenarios \(5 passed, 1 skipped\)/)
    const down = await tapbench(t, ['rafiki', 'down', ...bench])
    assert.match(down.stdout, /is gone, with its data/)
  })
})

/** Variables whose ports are free, over which the environment wins. */
async function freshVariables(): Promise<Variables> {
  const names = [...PUBLISHED, 'MERCHANT_ASE_PORT', 'CUSTOMER_ASE_PORT'] as const
  const ports = await freePorts(names.length)
  const { RAFIKI_IMAGES = 'localhost/tapbench', RAFIKI_VERSION = 'stand-in' } = process.env
  const made = testVariables()
  return {
    ...made,
    ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])),
    COMPOSE_PROJECT_NAME: `tapbench-test-${process.pid}`,
    RAFIKI_IMAGES,
    RAFIKI_VERSION,
    POSTGRES_IMAGE: process.env.POSTGRES_IMAGE ?? made.POSTGRES_IMAGE,
    REDIS_IMAGE: process.env.REDIS_IMAGE ?? made.REDIS_IMAGE,
  }
}

/** What this machine lacks to run them, null when nothing. */
async function lackOf(variables: Variables): Promise<string | null> {
  try {
    const engine = await connectEngine(variables)
    const missing = await engine.missingImages()
    if (missing.length === 0) return null
    return `no image ${missing.join(', ')}: tapbench rafiki build makes stand-ins of Rafiki's, docker pull the others`
  } catch (error) {
    return (error as Error).message
  }
}

async function profileOf(folder: string, variables: Variables): Promise<string> {
  const envFile = join(folder, 'rafiki.env')
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(envFile, lines.join(''), { mode: 0o600 })
  const profile = await readFile(join(ROOT, 'fixtures/profiles/docker.yaml'), 'utf8')
  return profile.replace('.tapbench/rafiki.env', envFile)
}
