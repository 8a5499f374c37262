import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { ALICE, type Pair, startPair, TENANT } from '../test-pair.ts'

const ID = '0d0e0f10-1112-4314-9516-171819202122'

async function withPair(run: (pair: Pair, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const pair = await startPair({ clock })
  try {
    await run(pair, clock)
  } finally {
    await pair.close()
  }
}

async function get({ customer, http }: Pair, path: string, token?: string): Promise<[number, unknown]> {
  const { status, body } = await http.call({
    to: 'rafiki-customer',
    method: 'GET',
    url: customer.rafiki.openPaymentsUrl + path,
    headers: { host: 'wallet.test.example', ...(token ? { authorization: `GNAP ${token}` } : {}) },
    timeoutMs: 5_000,
  })
  return [status, body]
}

test('the wallet address document: card service, and the properties that are to be seen', async () => {
  await withPair(async (pair) => {
    const [status, document] = await get(pair, '/alice')
    assert.equal(status, 200)
    assert.deepEqual(document, {
      id: ALICE,
      publicName: 'c',
      assetCode: 'EUR',
      assetScale: 2,
      authServer: `https://wallet.test.example/auth/${TENANT}`,
      resourceServer: `https://wallet.test.example/${TENANT}`,
      cardService: `${pair.customer.rafiki.cardServiceUrl}/`,
      additionalProperties: { cardDecisions: 'http://ase.test.example/card-decisions' },
    })
    assert.deepEqual(await get(pair, '/ALICE'), [200, document])
  })
})

test('what is not there, in the form of Open Payments', async () => {
  await withPair(async (pair) => {
    const error = (code: string, description: string, details: Record<string, string>) => ({
      error: { code, description, details },
    })
    const walletAddressUrl = 'https://wallet.test.example/nobody'
    assert.deepEqual(await get(pair, '/nobody'), [
      404,
      error('404', 'Could not get wallet address', { walletAddressUrl }),
    ])
    const details = { description: 'Failed to get wallet address from incoming payment', id: ID }
    assert.deepEqual(await get(pair, `/${TENANT}/incoming-payments/${ID}`), [
      401,
      error('401', 'Unauthorized', details),
    ])
    assert.deepEqual(await get(pair, '/'), [404, 'Not Found'])
  })
})

test('an incoming payment shows its connection to peers only, and is gone once it has expired', async () => {
  await withPair(async (pair, clock) => {
    const { customer } = pair
    const { createIncomingPayment } = await customer.admin.run<{
      createIncomingPayment: { payment: { id: string } }
    }>(
      'mutation ($input: CreateIncomingPaymentInput!) { createIncomingPayment(input: $input) { payment { id } } }',
      {
        input: {
          walletAddressId: customer.walletAddressId,
          incomingAmount: { value: '500', assetCode: 'EUR', assetScale: 2 },
          expiresAt: '2026-01-01T00:00:10Z',
          metadata: { order: '7' },
        },
      },
    )
    const { id } = createIncomingPayment.payment
    const path = `/${TENANT}/incoming-payments/${id}`
    const stranger = {
      receivedAmount: { value: '0', assetCode: 'EUR', assetScale: 2 },
      authServer: `https://wallet.test.example/auth/${TENANT}`,
    }
    assert.deepEqual(await get(pair, path), [200, stranger])
    assert.deepEqual(await get(pair, path, 'unknown'), [
      403,
      { error: { code: '403', description: 'Inactive Token' } },
    ])
    const [, document] = await get(pair, path, 'to-c')
    const { methods, ...rest } = document as { methods: Record<string, string>[] }
    assert.deepEqual(rest, {
      id: `https://wallet.test.example${path}`,
      walletAddress: ALICE,
      incomingAmount: { value: '500', assetCode: 'EUR', assetScale: 2 },
      receivedAmount: { value: '0', assetCode: 'EUR', assetScale: 2 },
      completed: false,
      metadata: { order: '7' },
      createdAt: '2026-01-01T00:00:00.000Z',
      expiresAt: '2026-01-01T00:00:10.000Z',
    })
    assert.match(methods[0]?.ilpAddress ?? '', /^test\.wallet\.[A-Za-z0-9_-]{22}$/)
    assert.equal(Buffer.from(methods[0]?.sharedSecret ?? '', 'base64url').length, 32)
    clock.advance(10_000)
    assert.equal((await get(pair, path, 'to-c'))[0], 401)
    assert.equal(clock.pending, 0)
  })
})
