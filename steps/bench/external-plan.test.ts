import assert from 'node:assert/strict'
import { test } from 'node:test'
import { embeddedPlan } from './embedded-plan.ts'
import { externalPlan } from './external-plan.ts'
import { loadProfile } from './profile.ts'
import type { ExternalRafiki } from './rafiki-schema.ts'

const SECRETS = {
  TAPBENCH_MERCHANT_ADMIN_API_SECRET: 'merchant admin',
  TAPBENCH_MERCHANT_WEBHOOK_SECRET: 'merchant webhooks',
  TAPBENCH_CUSTOMER_ADMIN_API_SECRET: 'customer admin',
  TAPBENCH_CUSTOMER_WEBHOOK_SECRET: 'customer webhooks',
}

function pair(): ExternalRafiki {
  const { rafiki } = loadProfile('external', SECRETS)
  assert.equal(rafiki.socket, 'external')
  return rafiki as ExternalRafiki
}

test('both kinds of plan have the same members', async () => {
  const [drawn, configured] = [await embeddedPlan(), await externalPlan(pair())]
  assert.deepEqual(Object.keys(configured).sort(), Object.keys(drawn).sort())
})

test('secrets come from the variables that the profile names', async () => {
  const { adminSecrets, webhookSecrets } = await externalPlan(pair())
  assert.deepEqual(adminSecrets.merchant, { secret: 'merchant admin', version: 1 })
  assert.deepEqual(webhookSecrets.customer, { secret: 'customer webhooks', version: 1 })
})

test('the names that Rafiki has for the ASEs lead to where they listen', async () => {
  const rafiki = pair()
  rafiki.listen = '0.0.0.0'
  rafiki.customer.ase.url = 'http://host.docker.internal:9000'
  const { listen, hosts, webhookUrl, ratesUrl } = await externalPlan(rafiki)
  assert.equal(listen.host, '0.0.0.0')
  assert.equal(webhookUrl.customer, 'http://host.docker.internal:9000/webhooks')
  assert.equal(ratesUrl, 'http://host.docker.internal:9000/rates')
  assert.equal(hosts['host.docker.internal:9000'], 'http://127.0.0.1:16020')
  assert.equal(hosts['wallet.example'], 'http://127.0.0.1:23003')
})

test('tokens of peers are the same in every run, differ between sides, and are not the secrets', async () => {
  const [one, other] = [await externalPlan(pair()), await externalPlan(pair())]
  assert.deepEqual(one.peerTokens, other.peerTokens)
  assert.notEqual(one.peerTokens.merchant, one.peerTokens.customer)
  assert.notDeepEqual(one.transportKey, other.transportKey)
})
