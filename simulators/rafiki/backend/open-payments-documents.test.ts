import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createOpenAPI, HttpMethod } from '@interledger/openapi'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { startPair, TENANT } from '../test-pair.ts'

const SPECIFICATIONS = join(
  dirname(createRequire(import.meta.url).resolve('@interledger/open-payments')),
  'openapi/specs',
)

/** What the Open Payments OpenAPI descriptions say to an answer. Throws when it does not fit. */
async function validatorOf(specification: string, path: string) {
  const openApi = await createOpenAPI(join(SPECIFICATIONS, specification))
  return openApi.createResponseValidator({ path, method: HttpMethod.GET })
}

test('documents are as the Open Payments OpenAPI descriptions say', async () => {
  const pair = await startPair({ clock: new ManualClock() })
  try {
    const { customer, merchant, http } = pair
    const jwk = {
      kid: 'k1',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      alg: 'EdDSA',
      kty: 'OKP',
      crv: 'Ed25519',
    }
    await customer.admin.run(
      'mutation ($input: CreateWalletAddressKeyInput!) { createWalletAddressKey(input: $input) { walletAddressKey { id } } }',
      { input: { walletAddressId: customer.walletAddressId, jwk } },
    )
    assert.equal((await pair.pay()).status, 200)
    const paid = `/${TENANT}/incoming-payments/${merchant.webhooks[0]?.data.id}`
    const get = async (side: typeof customer, host: string, path: string, token?: string) => {
      const headers = { host, ...(token === undefined ? {} : { authorization: `GNAP ${token}` }) }
      const url = side.rafiki.openPaymentsUrl + path
      const answer = await http.call({ to: 'rafiki-customer', method: 'GET', url, headers, timeoutMs: 5_000 })
      return { status: answer.status, body: answer.body }
    }
    const wallet = 'wallet.test.example'
    const cases: [specification: string, path: string, answer: { status: number; body: unknown }][] = [
      ['wallet-address-server.yaml', '/', await get(customer, wallet, '/alice')],
      ['wallet-address-server.yaml', '/jwks.json', await get(customer, wallet, '/alice/jwks.json')],
      ['resource-server.yaml', '/incoming-payments/{id}', await get(merchant, 'shop.test.example', paid)],
      [
        'resource-server.yaml',
        '/incoming-payments/{id}',
        await get(merchant, 'shop.test.example', paid, 'to-m'),
      ],
    ]
    for (const [specification, path, answer] of cases) {
      assert.equal(answer.status, 200, path)
      const valid = await validatorOf(specification, path)
      assert.ok(valid(answer), path)
    }
    const valid = await validatorOf('wallet-address-server.yaml', '/')
    assert.throws(() => valid({ status: 200, body: { id: 'no URL' } }))
  } finally {
    await pair.close()
  }
})
