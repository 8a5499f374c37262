import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { settingsOf } from './config.ts'
import { configFrom } from './environment.ts'

const parts = {
  clock: new ManualClock(),
  random: (length: number) => new Uint8Array(length),
  journal: silentJournal,
}
const LEAST = {
  PARTY: 'rafiki-merchant',
  OPERATOR_TENANT_ID: 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d',
  ADMIN_API_SECRET: 'admin',
  SIGNATURE_SECRET: 'hooks',
  WEBHOOK_URL: 'http://127.0.0.1:4000/webhooks',
  EXCHANGE_RATES_URL: 'http://127.0.0.1:4000/rates',
  ILP_ADDRESS: 'test.shop',
}

test('the least that must be set gives the defaults of Rafiki', () => {
  const settings = settingsOf(configFrom(LEAST, parts))
  assert.deepEqual(settings.ports, {
    admin: 3001,
    ilp: 3002,
    openPayments: 3003,
    cardService: 3007,
    pointOfSale: 3008,
  })
  assert.deepEqual(
    [settings.incomingPaymentExpiryMs, settings.webhookTimeoutMs, settings.slippage, settings.useHttp],
    [10_000, 30_000, 0.01, true],
  )
  assert.equal(settings.openPaymentsUrl, 'https://127.0.0.1:3003')
})

test('what is set is taken', () => {
  const set = {
    ...LEAST,
    OPEN_PAYMENTS_URL: 'https://shop.example',
    HOSTS: 'shop.example=http://127.0.0.1:1  wallet.example=http://127.0.0.1:2',
    WEBHOOK_TIMEOUT_MS: '10000',
    SLIPPAGE: '0',
    USE_HTTP: 'false',
  }
  const settings = settingsOf(configFrom(set, parts))
  assert.deepEqual(settings.hosts, {
    'shop.example': 'http://127.0.0.1:1',
    'wallet.example': 'http://127.0.0.1:2',
  })
  assert.deepEqual(
    [settings.openPaymentsUrl, settings.webhookTimeoutMs, settings.slippage, settings.useHttp],
    ['https://shop.example', 10_000, 0, false],
  )
})

// The first is read as 10 ms by Rafiki.
const WRONG: Record<string, string | undefined> = {
  WEBHOOK_TIMEOUT_MS: '10_000',
  PARTY: 'rafiki',
  PORT: '70000',
  OPERATOR_TENANT_ID: 'tenant',
  ADMIN_API_SECRET: undefined,
  WEBHOOK_URL: 'ftp://x',
  ILP_ADDRESS: 'not an address',
  HOSTS: 'shop.example',
  SLIPPAGE: '1',
}

test('a wrong variable is named, without its value', () => {
  for (const [name, value] of Object.entries(WRONG))
    assert.throws(
      () => configFrom({ ...LEAST, [name]: value }, parts),
      ({ message }: Error) => message.startsWith(`environment of Rafiki: ${name}: `),
      name,
    )
})
