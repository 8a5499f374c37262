import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { signRafiki } from '../../../protocols/signatures/rafiki.ts'
import { ALICE, eventually, type Pair, SECRETS, type Side, startPair, TENANT } from '../test-pair.ts'
import { SignatureGate, SignatureUnreadable } from './signature-gate.ts'

const SECRET = { secret: 'secret', version: 1 }
const BODY = { query: '{ x }', variables: {} }

async function withPair(run: (pair: Pair, clock: ManualClock) => Promise<void>): Promise<void> {
  const clock = new ManualClock()
  const pair = await startPair({ clock })
  try {
    await run(pair, clock)
  } finally {
    await pair.close()
  }
}

function gateAt(clock: ManualClock): SignatureGate {
  return new SignatureGate({ tenantId: TENANT, secret: SECRET, ttlMs: 30_000, clock })
}

test('who may use the Admin API', () => {
  const clock = new ManualClock()
  const now = clock.now()
  const good = (at = now) => signRafiki(BODY, SECRET, at)
  const cases: [what: string, tenant: unknown, signature: unknown, admitted: boolean][] = [
    ['the tenant', TENANT, good(), true],
    ['30 s old', TENANT, good(now - 30_000), true],
    ['older than 30 s', TENANT, good(now - 30_001), false],
    ['60 s in the future', TENANT, good(now + 60_000), true],
    ['no tenant', undefined, good(), false],
    ['another tenant', '00000000-0000-4000-8000-000000000000', good(), false],
    ['no signature', TENANT, undefined, false],
    ['not a signature', TENANT, 'nonsense, too', false],
    ['another secret', TENANT, signRafiki(BODY, { ...SECRET, secret: 'x' }, now), false],
    ['another version', TENANT, signRafiki(BODY, { ...SECRET, version: 2 }, now), false],
    ['another body', TENANT, signRafiki({ ...BODY, query: '{ y }' }, SECRET, now), false],
  ]
  for (const [what, tenant, signature, admitted] of cases)
    assert.equal(gateAt(clock).admits(tenant, signature, BODY), admitted, what)
})

test('headers that Rafiki stumbles over', () => {
  const clock = new ManualClock()
  const good = signRafiki(BODY, SECRET, clock.now())
  assert.throws(() => gateAt(clock).admits(TENANT, 'nonsense', BODY), SignatureUnreadable)
  assert.throws(() => gateAt(clock).admits('nobody', good, BODY), SignatureUnreadable)
})

test('a signature serves once, also one from the future, and is not remembered for ever', () => {
  const clock = new ManualClock()
  const gate = gateAt(clock)
  const future = signRafiki(BODY, SECRET, clock.now() + 60_000)
  assert.deepEqual([gate.admits(TENANT, future, BODY), gate.admits(TENANT, future, BODY)], [true, false])
  clock.advance(89_000)
  assert.equal(gate.admits(TENANT, future, BODY), false)
  for (let i = 0; i < 100; i++) {
    clock.advance(10_000)
    const signature = signRafiki(BODY, SECRET, clock.now())
    assert.deepEqual(
      [gate.admits(TENANT, signature, BODY), gate.admits(TENANT, signature, BODY)],
      [true, false],
    )
  }
  assert.ok(gate.remembered <= 5, `${gate.remembered} signatures remembered`)
})

test('the Admin API answers 401 in text without a good signature, and errors with their HTTP status', async () => {
  await withPair(async ({ http, merchant, clock }) => {
    const { secret, version } = { secret: SECRETS['rafiki-merchant'].admin, version: 1 }
    const send = async (body: Record<string, unknown>, signature?: string) => {
      const own = signRafiki(body, { secret, version }, clock.now())
      const headers = { 'tenant-id': TENANT, signature: signature ?? own }
      const url = merchant.rafiki.adminUrl
      return http.call({ to: 'rafiki-merchant', method: 'POST', url, headers, body, timeoutMs: 5_000 })
    }
    const refused = await send({ query: '{ __typename }', variables: {} }, 't=1, v1=00')
    assert.deepEqual([refused.status, refused.body], [401, 'Unauthorized'])
    const cases: [body: Record<string, unknown>, status: number, code: string | undefined][] = [
      [{ query: '{ __typename }', variables: {} }, 200, undefined],
      [
        { query: 'query A { __typename } query B { __typename }', operationName: 'B', variables: {} },
        200,
        undefined,
      ],
      [{ query: '{ asset(id: "x") { id } }', variables: {} }, 200, 'NOT_FOUND'],
      [{ query: '{', variables: {} }, 500, 'GRAPHQL_VALIDATION_FAILED'],
      [{ query: '{ nothing }', variables: {} }, 400, 'GRAPHQL_VALIDATION_FAILED'],
      [
        { query: 'query ($id: String!) { asset(id: $id) { id } }', variables: { id: 5 } },
        400,
        'BAD_USER_INPUT',
      ],
      [
        {
          query: 'query ($s: UInt8!) { assetByCodeAndScale(code: "EUR", scale: $s) { id } }',
          variables: { s: 256 },
        },
        400,
        'BAD_USER_INPUT',
      ],
      [{ variables: {} }, 400, 'BAD_REQUEST'],
    ]
    for (const [body, status, code] of cases) {
      const answer = await send(body)
      const { errors } = answer.body as { errors?: { extensions: { code: string } }[] }
      assert.deepEqual([answer.status, errors?.[0]?.extensions.code], [status, code], JSON.stringify(body))
    }
  })
})

const mutation = (name: string, type: string, selection: string): string =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`

const ASSET = mutation('createAsset', 'CreateAssetInput', 'asset { id code scale liquidity createdAt }')
const ASSET_DEPOSIT = mutation('depositAssetLiquidity', 'DepositAssetLiquidityInput', 'success')
const PEER = mutation(
  'createPeer',
  'CreatePeerInput',
  'peer { id routes http { outgoing { endpoint } } asset { code } }',
)
const PEER_DEPOSIT = mutation('depositPeerLiquidity', 'DepositPeerLiquidityInput', 'success')
const WALLET = mutation(
  'createWalletAddress',
  'CreateWalletAddressInput',
  'walletAddress { id address status additionalProperties { key } }',
)
const INCOMING = mutation('createIncomingPayment', 'CreateIncomingPaymentInput', 'payment { id }')
const OUTGOING = mutation(
  'createOutgoingPaymentFromIncomingPayment',
  'CreateOutgoingPaymentFromIncomingPaymentInput',
  'payment { id }',
)
const FUND = mutation('depositOutgoingPaymentLiquidity', 'DepositOutgoingPaymentLiquidityInput', 'success')
const CANCEL = mutation('cancelOutgoingPayment', 'CancelOutgoingPaymentInput', 'payment { id }')

interface Refused {
  what: string
  query: string
  input: (side: Side) => Record<string, unknown>
  message: string
  code: string
}

const peerInput = ({ assetId, rafiki }: Side, changes: Record<string, unknown> = {}) => ({
  assetId,
  staticIlpAddress: 'test.third',
  http: { incoming: { authTokens: ['t'] }, outgoing: { authToken: 'u', endpoint: rafiki.ilpUrl } },
  ...changes,
})
const euros = (value: string, changes: Record<string, unknown> = {}) => ({
  value,
  assetCode: 'EUR',
  assetScale: 2,
  ...changes,
})

const REFUSED: Refused[] = [
  {
    what: 'asset twice',
    query: ASSET,
    input: () => ({ code: 'EUR', scale: 2 }),
    message: 'Asset already exists',
    code: 'DUPLICATE',
  },
  {
    what: 'deposit of 0',
    query: ASSET_DEPOSIT,
    input: ({ assetId }) => ({ assetId, amount: 0, id: 'x', idempotencyKey: 'a' }),
    message: 'Transfer amount is zero',
    code: 'FORBIDDEN',
  },
  {
    what: 'deposit to no asset',
    query: ASSET_DEPOSIT,
    input: () => ({ assetId: 'x', amount: 5, id: 'x', idempotencyKey: 'b' }),
    message: 'Unknown asset',
    code: 'NOT_FOUND',
  },
  {
    what: 'deposit twice',
    query: ASSET_DEPOSIT,
    input: ({ assetId }) => ({ assetId, amount: 5, id: assetId, idempotencyKey: 'c' }),
    message: 'Transfer already exists',
    code: 'DUPLICATE',
  },
  {
    what: 'deposit to no peer',
    query: PEER_DEPOSIT,
    input: () => ({ peerId: 'x', amount: 5, id: 'x', idempotencyKey: 'd' }),
    message: 'unknown peer',
    code: 'NOT_FOUND',
  },
  {
    what: 'peer twice',
    query: PEER,
    input: (side) => peerInput(side, { staticIlpAddress: 'test.shop' }),
    message: 'duplicate peer found for same ILP address and asset',
    code: 'DUPLICATE',
  },
  {
    what: 'peer token twice',
    query: PEER,
    input: (side) =>
      peerInput(side, {
        http: { incoming: { authTokens: ['to-c'] }, outgoing: { authToken: 'u', endpoint: 'http://x' } },
      }),
    message: 'duplicate incoming token',
    code: 'DUPLICATE',
  },
  {
    what: 'peer address',
    query: PEER,
    input: (side) => peerInput(side, { staticIlpAddress: 'not an address' }),
    message: 'invalid ILP address',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'peer endpoint',
    query: PEER,
    input: (side) => peerInput(side, { http: { outgoing: { authToken: 'u', endpoint: 'ftp://x' } } }),
    message: 'invalid HTTP endpoint',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'peer asset',
    query: PEER,
    input: (side) => peerInput(side, { assetId: 'x' }),
    message: 'unknown asset',
    code: 'NOT_FOUND',
  },
  {
    what: 'wallet twice',
    query: WALLET,
    input: ({ assetId }) => ({ assetId, address: ALICE.toUpperCase().replace('HTTPS', 'https') }),
    message: 'Duplicate wallet address found with the same url',
    code: 'DUPLICATE',
  },
  {
    what: 'wallet elsewhere',
    query: WALLET,
    input: ({ assetId }) => ({ assetId, address: 'https://other.example/x' }),
    message: 'invalid url',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'wallet without path',
    query: WALLET,
    input: ({ assetId }) => ({ assetId, address: 'https://wallet.test.example' }),
    message: 'invalid url',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'wallet on a reserved path',
    query: WALLET,
    input: ({ assetId }) => ({ assetId, address: '/a/quotes' }),
    message: 'invalid url',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'wallet asset',
    query: WALLET,
    input: () => ({ assetId: 'x', address: '/bob' }),
    message: 'unknown asset',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'incoming to no wallet',
    query: INCOMING,
    input: () => ({ walletAddressId: 'x' }),
    message: 'unknown wallet address',
    code: 'NOT_FOUND',
  },
  {
    what: 'incoming of 0',
    query: INCOMING,
    input: ({ walletAddressId }) => ({ walletAddressId, incomingAmount: euros('0') }),
    message: 'invalid amount',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'incoming of another scale',
    query: INCOMING,
    input: ({ walletAddressId }) => ({ walletAddressId, incomingAmount: euros('5', { assetScale: 3 }) }),
    message: 'invalid amount',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'incoming in the past',
    query: INCOMING,
    input: ({ walletAddressId }) => ({ walletAddressId, expiresAt: '2025-12-31T23:59:59Z' }),
    message: 'invalid expiresAt',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'incoming in 31 days',
    query: INCOMING,
    input: ({ walletAddressId }) => ({ walletAddressId, expiresAt: '2026-02-01T00:00:00Z' }),
    message: 'invalid expiresAt',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'incoming at no time',
    query: INCOMING,
    input: ({ walletAddressId }) => ({ walletAddressId, expiresAt: 'soon' }),
    message: 'invalid expiresAt',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'outgoing of no wallet',
    query: OUTGOING,
    input: () => ({ walletAddressId: 'x', incomingPayment: 'x' }),
    message: 'unknown wallet address',
    code: 'NOT_FOUND',
  },
  {
    what: 'outgoing to nowhere',
    query: OUTGOING,
    input: ({ walletAddressId }) => ({ walletAddressId, incomingPayment: 'x' }),
    message: 'invalid receiver',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'funding nothing',
    query: FUND,
    input: () => ({ outgoingPaymentId: 'x', idempotencyKey: 'e' }),
    message: 'Invalid transfer id',
    code: 'BAD_USER_INPUT',
  },
  {
    what: 'cancelling nothing',
    query: CANCEL,
    input: () => ({ id: 'x' }),
    message: 'unknown payment',
    code: 'NOT_FOUND',
  },
]

test('each refusal has its message and code', async () => {
  await withPair(async ({ customer }) => {
    for (const { what, query, input, message, code } of REFUSED)
      await assert.rejects(customer.admin.run(query, { input: input(customer) }), { message, code }, what)
  })
})

const QUERIES: [query: string, expected: Record<string, unknown> | { message: string; code: string }][] = [
  [
    '{ assetByCodeAndScale(code: "EUR", scale: 2) { code scale liquidity } }',
    { assetByCodeAndScale: { code: 'EUR', scale: 2, liquidity: '1000000000' } },
  ],
  ['{ assetByCodeAndScale(code: "EUR", scale: 3) { code } }', { assetByCodeAndScale: null }],
  [
    '{ assets { edges { node { code } } pageInfo { hasNextPage } } }',
    { assets: { edges: [{ node: { code: 'EUR' } }], pageInfo: { hasNextPage: false } } },
  ],
  [
    '{ walletAddressByUrl(url: "https://wallet.test.example/alice") { address status additionalProperties { key visibleInOpenPayments } } }',
    {
      walletAddressByUrl: {
        address: ALICE,
        status: 'ACTIVE',
        additionalProperties: [
          { key: 'cardDecisions', visibleInOpenPayments: true },
          { key: 'branch', visibleInOpenPayments: false },
        ],
      },
    },
  ],
  ['{ walletAddressByUrl(url: "https://wallet.test.example/nobody") { id } }', { walletAddressByUrl: null }],
  [
    '{ incomingPayments { edges { cursor } } outgoingPayments { edges { cursor } } }',
    { incomingPayments: { edges: [] }, outgoingPayments: { edges: [] } },
  ],
  ['{ asset(id: "x") { id } }', { message: 'Asset not found', code: 'NOT_FOUND' }],
  ['{ peer(id: "x") { id } }', { message: 'unknown peer', code: 'NOT_FOUND' }],
  ['{ walletAddress(id: "x") { id } }', { message: 'unknown wallet address', code: 'NOT_FOUND' }],
  ['{ incomingPayment(id: "x") { id } }', { message: 'payment does not exist', code: 'NOT_FOUND' }],
  ['{ outgoingPayment(id: "x") { id } }', { message: 'payment does not exist', code: 'NOT_FOUND' }],
  ['{ receiver(id: "x") { id } }', { message: 'receiver does not exist', code: 'NOT_FOUND' }],
]

test('queries find what is there', async () => {
  await withPair(async ({ customer: { admin, assetId, peerId } }) => {
    for (const [query, expected] of QUERIES) {
      if ('code' in expected) await assert.rejects(admin.run(query, {}), expected, query)
      else assert.deepEqual(await admin.run(query, {}), expected, query)
    }
    const peer =
      'query ($assetId: String!) { peerByAddressAndAsset(staticIlpAddress: "test.shop.x", assetId: $assetId) { id } }'
    assert.deepEqual(await admin.run(peer, { assetId }), { peerByAddressAndAsset: { id: peerId } })
  })
})

test('a receiver is looked up at the other instance', async () => {
  await withPair(async ({ customer, merchant, pay }) => {
    await pay()
    await eventually(() => merchant.webhooks.length === 2, 'the completed event')
    const id = customer.webhooks[0]?.data.receiver
    const query =
      'query ($id: String!) { receiver(id: $id) { walletAddressUrl completed incomingAmount { value } } }'
    assert.deepEqual(await customer.admin.run(query, { id }), {
      receiver: {
        walletAddressUrl: 'https://shop.test.example/shop',
        completed: true,
        incomingAmount: { value: '500' },
      },
    })
  })
})

test('an inactive wallet address neither pays, nor is paid, nor is shown', async () => {
  await withPair(async ({ customer, merchant, pay, http }) => {
    const update = mutation(
      'updateWalletAddress',
      'UpdateWalletAddressInput',
      'walletAddress { status publicName }',
    )
    const set = (side: Side, status: string) =>
      side.admin.run(update, { input: { id: side.walletAddressId, status } })
    for (const side of [customer, merchant]) {
      await set(side, 'INACTIVE')
      assert.deepEqual((await pay()).body, { error: { code: 'invalid_request' } })
      await set(side, 'ACTIVE')
    }
    await set(customer, 'INACTIVE')
    const url = customer.rafiki.openPaymentsUrl
    const headers = { host: 'wallet.test.example' }
    const { status } = await http.call({
      to: 'rafiki-customer',
      method: 'GET',
      url: `${url}/alice`,
      headers,
      timeoutMs: 1_000,
    })
    assert.equal(status, 404)
  })
})

test('an idempotency key gives the first answer again, but only to the same request, and for a day', async () => {
  await withPair(async ({ customer: { admin } }, clock) => {
    const create = (code: string) =>
      admin.run<{ createAsset: { asset: { id: string } } }>(ASSET, {
        input: { code, scale: 2, idempotencyKey: 'k' },
      })
    await assert.rejects(create('EUR'), /Asset already exists/)
    const first = await create('USD')
    assert.deepEqual(await create('USD'), first)
    await assert.rejects(create('GBP'), {
      message: 'Incoming arguments are different than the original request for idempotencyKey: k',
    })
    clock.advance(24 * 3_600_000)
    await assert.rejects(create('USD'), /Asset already exists/)
  })
})
