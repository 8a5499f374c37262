import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { configFrom } from './environment.ts'

const parts = { clock: new ManualClock(), journal: silentJournal }
const SOUND = {
  POS_API_PORT: '3100',
  WEBHOOK_PORT: '3101',
  RAFIKI_POINT_OF_SALE_URL: 'http://127.0.0.1:3008',
  RAFIKI_ADMIN_URL: 'http://127.0.0.1:3001/graphql',
  RAFIKI_TENANT_ID: 'tenant',
  RAFIKI_ADMIN_API_SECRET: 'a secret',
  RAFIKI_SIGNATURE_SECRET: 'another secret',
}

test('the fewest variables make a configuration', () => {
  const config = configFrom(SOUND, parts)
  assert.deepEqual(config.ports, { posApi: 3100, webhooks: 3101 })
  assert.equal(config.rafiki.adminApiSignatureVersion, 1)
  assert.equal(config.database.url, undefined)
})

test('hosts are read as in a hosts file', () => {
  const HOSTS = 'wallet.example=http://127.0.0.1:1  shop.example=http://127.0.0.1:2'
  assert.deepEqual(configFrom({ ...SOUND, HOSTS }, parts).hosts, {
    'wallet.example': 'http://127.0.0.1:1',
    'shop.example': 'http://127.0.0.1:2',
  })
})

test('an office opens with a port and a secret', () => {
  const office = { OFFICE_PORT: '3102', OFFICE_SECRET: 'a secret of the office' }
  assert.deepEqual(configFrom({ ...SOUND, ...office }, parts).office, {
    port: 3102,
    secret: 'a secret of the office',
  })
  assert.equal(configFrom(SOUND, parts).office, undefined)
})

const FAULTS: [changes: Record<string, string | undefined>, named: RegExp][] = [
  [{ POS_API_PORT: undefined }, /POS_API_PORT/],
  [{ WEBHOOK_PORT: '70000' }, /WEBHOOK_PORT/],
  [{ RAFIKI_ADMIN_URL: 'admin' }, /RAFIKI_ADMIN_URL/],
  [{ RAFIKI_ADMIN_API_SECRET: '' }, /RAFIKI_ADMIN_API_SECRET/],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
  [{ OFFICE_PORT: '3102' }, /OFFICE_SECRET: expected it with its other half/],
  [{ OFFICE_SECRET: 'a secret of the office' }, /OFFICE_PORT: expected it with its other half/],
  [{ OFFICE_PORT: '3102', OFFICE_SECRET: 'a secret' }, /OFFICE_SECRET/],
  [{ HOSTS: 'wallet.example' }, /HOSTS: expected host=http/],
]

for (const [changes, named] of FAULTS) {
  test(`the error names ${Object.keys(changes).join()}, and no secret`, () => {
    const faulty = { ...SOUND, ...changes }
    assert.throws(() => configFrom(faulty, parts), named)
    assert.throws(
      () => configFrom(faulty, parts),
      (error: Error) => !/a secret|another secret/.test(error.message),
    )
  })
}
