import assert from 'node:assert/strict'
import { test } from 'node:test'
import { embeddedPlan } from '../bench/embedded-plan.ts'
import { SERVICES } from '../rafiki-status/services.ts'
import { rafikiStatus } from '../rafiki-status/status.ts'
import { mendInContainers } from './settings.ts'

test('of a pair that is down, every service is told of with the variable of its port', async () => {
  const plan = await embeddedPlan()
  const at = { merchant: 'http://127.0.0.1:1', customer: 'http://127.0.0.1:1' }
  const services = await rafikiStatus({ ...plan, authUrl: at })
  const mends = services.flatMap(({ faults }) => faults.map(({ mend }) => mendInContainers(mend, 'x.env')))
  assert.equal(mends.length, SERVICES.length)
  for (const [index, variable] of [
    'MERCHANT_ADMIN_PORT',
    'MERCHANT_AUTH_PORT',
    'POINT_OF_SALE_PORT',
    'CUSTOMER_ADMIN_PORT',
    'CUSTOMER_AUTH_PORT',
    'CARD_SERVICE_PORT',
  ].entries())
    assert.match(
      mends[index] ?? '',
      new RegExp(`^start it, or correct ${variable}; variables are in x\\.env`),
    )
})

const MENDS: [said: string, instead: RegExp][] = [
  [
    'correct rafiki.customer.tenantId, the secret in the variable that rafiki.customer.adminApi.secretVariable names, or rafiki.customer.adminApi.version',
    /^correct CUSTOMER_TENANT_ID, CUSTOMER_ADMIN_API_SECRET; variables are in x\.env/,
  ],
  [
    'correct the secret in the variable that rafiki.merchant.webhooks.secretVariable names, or rafiki.merchant.webhooks.version: SIGNATURE_SECRET of the backend',
    /^correct MERCHANT_WEBHOOK_SECRET: SIGNATURE_SECRET of the backend; /,
  ],
  ['set the clocks', /^set the clocks$/],
]

for (const [said, instead] of MENDS)
  test(`instead of: ${said}`, () => assert.match(mendInContainers(said, 'x.env'), instead))
