import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Money } from '../bench/money.ts'
import type { TapWorld } from '../world.ts'

const JSON_WANTED = { accept: 'application/json' }

When("the payer's wallet address is fetched", async function (this: TapWorld) {
  await fetched(this, (await this.rafikiDesk.wallet()).url)
})

When("the payer's wallet address is fetched in capitals", async function (this: TapWorld) {
  const { origin, pathname } = new URL((await this.rafikiDesk.wallet()).url)
  await fetched(this, origin + pathname.toUpperCase())
})

When("the payer's wallet address is fetched as {string}", async function (this: TapWorld, accept: string) {
  await fetched(this, (await this.rafikiDesk.wallet()).url, { accept })
})

When('a wallet address that nobody has is fetched', async function (this: TapWorld) {
  await fetched(this, `https://${this.bench.services.plan.walletHost.customer}/nobody`)
})

Given("the payer's wallet address is closed", async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  const { id } = await desk.wallet()
  await desk.must('customer', 'updateWalletAddress', { id, status: 'INACTIVE' })
})

Given("the payer's wallet address has a key {string}", async function (this: TapWorld, kid: string) {
  const { rafikiDesk: desk } = this
  const { id: walletAddressId } = await desk.wallet()
  // RFC 8037, appendix A.2.
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
  const jwk = { kid, x, alg: 'EdDSA', kty: 'OKP', crv: 'Ed25519' }
  const answer = await desk.must('customer', 'createWalletAddressKey', { walletAddressId, jwk })
  desk.noted.set(kid, (answer.walletAddressKey as { id: string }).id)
})

When('the key {string} is revoked', async function (this: TapWorld, kid: string) {
  const { rafikiDesk: desk } = this
  await desk.must('customer', 'revokeWalletAddressKey', { id: desk.noted.get(kid) })
})

When("the keys of the payer's wallet address are fetched", async function (this: TapWorld) {
  await fetched(this, `${(await this.rafikiDesk.wallet()).url}/jwks.json`)
})

Then('the keys are {string}', function (this: TapWorld, expected: string) {
  const { keys } = this.rafikiDesk.body<{ keys: { kid: string }[] }>()
  assert.equal(keys.map(({ kid }) => kid).join(', '), expected)
})

When('the incoming payment is fetched', async function (this: TapWorld) {
  await fetched(this, this.rafikiDesk.incoming.url)
})

When('the incoming payment is fetched with a token that nobody has issued', async function (this: TapWorld) {
  const headers = { ...JSON_WANTED, authorization: `GNAP ${randomUUID()}` }
  await fetched(this, this.rafikiDesk.incoming.url, headers)
})

When(
  /^somebody sends (GET|POST) (\S+) without a signature$/,
  async function (this: TapWorld, method: 'GET' | 'POST', resource: string) {
    const { walletHost, tenant } = this.bench.services.plan
    const url = `http://${walletHost.merchant}/${tenant.merchant}/${resource}`
    this.answer =
      method === 'GET'
        ? await this.bench.get('rafiki-merchant', { url, headers: JSON_WANTED })
        : await this.bench.post('rafiki-merchant', { url, headers: JSON_WANTED, body: {} })
  },
)

Then(
  'the document names the wallet address, its currency, its servers and the card service',
  async function (this: TapWorld) {
    const { url } = await this.rafikiDesk.wallet()
    const { plan } = this.bench.services
    const document = this.rafikiDesk.body<Record<string, string | number>>()
    const { id, publicName, assetCode, assetScale, resourceServer, cardService } = document
    const server = `https://${plan.walletHost.customer}/${plan.tenant.customer}`
    assert.deepEqual(
      { id, publicName, assetCode, assetScale, resourceServer },
      { id: url, publicName: 'Rafiki alone', assetCode: 'EUR', assetScale: 2, resourceServer: server },
    )
    assert.ok(String(document.authServer).endsWith(`/${plan.tenant.customer}`))
    assert.match(String(cardService), /^https?:\/\/.+\/$/)
  },
)

Then(
  'the document shows the property {string} but not {string}',
  function (this: TapWorld, shown: string, hidden: string) {
    const { additionalProperties } = this.rafikiDesk.body<{ additionalProperties: Record<string, string> }>()
    assert.deepEqual([shown in additionalProperties, hidden in additionalProperties], [true, false])
  },
)

Then('the document has {string} alone', function (this: TapWorld, members: string) {
  assert.equal(Object.keys(this.rafikiDesk.body<object>()).join(', '), members)
})

Then('the error is {string}', function (this: TapWorld, description: string) {
  const { error } = this.rafikiDesk.body<{ error: { code: string; description: string } }>()
  assert.deepEqual(error.description, description)
  assert.equal(error.code, `${this.answer?.status}`)
})

Then(
  "the customer's Rafiki sees {money} of {money} at the receiver, metadata {string}",
  async function (this: TapWorld, got: Money, wanted: Money, metadata: string) {
    const { rafikiDesk: desk } = this
    type Amount = { value: string }
    type Found = {
      receiver: { incomingAmount: Amount; receivedAmount: Amount; metadata: unknown; completed: boolean }
    }
    const { receiver } = await desk.ask<Found>('customer', 'receiver', { id: desk.incoming.url })
    assert.deepEqual(
      [receiver.receivedAmount.value, receiver.incomingAmount.value, receiver.metadata, receiver.completed],
      [`${got.value}`, `${wanted.value}`, JSON.parse(metadata), false],
    )
  },
)

/** Wallet addresses and payments are https URLs; the bench knows where they really are, over http. */
async function fetched(world: TapWorld, url: string, headers: Record<string, string> = JSON_WANTED) {
  const to = url.includes(world.bench.services.plan.walletHost.merchant)
    ? 'rafiki-merchant'
    : 'rafiki-customer'
  world.answer = await world.bench.get(to, { url: url.replace('https:', 'http:'), headers })
}
