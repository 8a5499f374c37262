import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPair } from './pair.ts'
import type { Patience } from './ready.ts'
import { FakeEngine } from './testing/fake-engine.ts'
import { testVariables } from './testing/variables.ts'

const variables = testVariables()

/** Time that passes by pauses alone. */
function patience(healthy: Patience['healthy'] = async () => true): Patience {
  let time = 0
  return {
    limitMs: 180_000,
    now: () => time,
    pause: async () => {
      time += 500
    },
    healthy,
  }
}

test('what was started is ended; a pair that ran before, or a part of it, is left', async () => {
  const own = new FakeEngine()
  await (await openPair({ engine: own, variables, patience: patience() })).close()
  assert.deepEqual(own.done, ['up', 'down'])

  const kept = new FakeEngine().all('running')
  await (await openPair({ engine: kept, variables, patience: patience() })).close()
  assert.deepEqual(kept.done, [])

  const half = new FakeEngine()
  half.states.redis = 'running'
  await (await openPair({ engine: half, variables, patience: patience() })).close()
  assert.deepEqual(half.done, ['up'])
})

test('it waits until the last service answers', async () => {
  let asked = 0
  const healthy = async (url: string) => !url.includes(`:${variables.CARD_SERVICE_PORT}/`) || ++asked > 5
  await openPair({ engine: new FakeEngine(), variables, patience: patience(healthy) })
  assert.equal(asked, 6)
})

test('one service is stopped, and started again until it answers', async () => {
  const engine = new FakeEngine().all('running')
  let asked = 0
  const healthy = async (url: string) =>
    !url.includes(`:${variables.CARD_SERVICE_PORT}/`) || ++asked > 4 || engine.done.length === 0
  const pair = await openPair({ engine, variables, patience: patience(healthy) })
  await pair.stop('card-service')
  assert.equal(engine.states['card-service'], 'exited')
  assert.equal(engine.states['point-of-sale'], 'running')
  await pair.start('card-service')
  await pair.start('card-service')
  assert.deepEqual(engine.done, ['start card-service'])
  assert.equal(asked, 6)
})

test('a service without a container is named', async () => {
  const engine = new FakeEngine().all('running')
  const pair = await openPair({ engine, variables, patience: patience() })
  delete engine.states['point-of-sale']
  await assert.rejects(pair.stop('point-of-sale'), {
    name: 'ContainersError',
    message:
      /expected a container of the service point-of-sale, there is none: tapbench rafiki down, then up/,
  })
})

test('a service that never answers is named with its last words, without secrets, and nothing is left', async () => {
  const engine = new FakeEngine()
  engine.states['customer-backend'] = 'exited'
  engine.said['customer-backend'] = `starting\npassword ${variables.POSTGRES_PASSWORD} is wrong\n`
  const healthy = async (url: string) => !url.includes(`:${variables.CUSTOMER_ADMIN_PORT}/`)
  await assert.rejects(openPair({ engine, variables, patience: patience(healthy) }), {
    name: 'ContainersError',
    message:
      /within 180 s, lacking: customer-backend; customer-backend: its container is exited, its last words:\nstarting\npassword <POSTGRES_PASSWORD> is wrong\n: see CUSTOMER_ADMIN_PORT/,
  })
  assert.deepEqual(engine.done, ['up', 'down'])
})

test('half a pair that does not become whole is named and left as it was', async () => {
  const engine = new FakeEngine().all('running')
  engine.states.redis = 'exited'
  await assert.rejects(
    openPair({ engine, variables, patience: patience() }),
    /lacking: redis; redis: its container is exited/,
  )
  assert.deepEqual(engine.done, ['up'])
})

const REFUSALS: [said: string, mend: RegExp][] = [
  ['Bind for 127.0.0.1:13008 failed: port is already allocated', /or change POINT_OF_SALE_PORT$/],
  [
    'manifest for ghcr.io/interledger/rafiki-auth:v9 not found',
    /correct RAFIKI_VERSION \(now v2\.4\.1-beta\)/,
  ],
  ['dial tcp: lookup ghcr.io: no such host', /let this machine reach the registry ghcr\.io\/interledger/],
  ['expected docker compose or docker-compose, found neither', /install Docker's compose plugin/],
  ['expected compose to be done in 15 minutes', /pull the images first/],
  ['something else', /see what the engine says above$/],
]

for (const [said, mend] of REFUSALS)
  test(`compose says: ${said}`, async () => {
    const engine = new FakeEngine()
    engine.refusal = `${said} ${variables.COOKIE_KEY}`
    await assert.rejects(openPair({ engine, variables, patience: patience() }), ({ message }: Error) => {
      assert.match(message, mend)
      assert.ok(message.includes(said) && !message.includes(variables.COOKIE_KEY))
      return true
    })
    assert.deepEqual(engine.done, ['up', 'down'])
  })
