import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpRow } from './http.ts'
import type { Event } from './row.ts'

const CALL: Event<'http'> = {
  kind: 'http',
  from: 'pos',
  to: 'merchant-ase',
  method: 'POST',
  url: 'http://127.0.0.1:20000/payments',
  status: 200,
  requestHeaders: {},
  requestBody: null,
  responseBody: null,
  us: 1,
}

const OCTETS = { 'content-type': 'application/octet-stream' }

type Case = [name: string, call: Partial<Event<'http'>>, expected: Partial<ReturnType<typeof httpRow>>]

const CASES: Case[] = [
  ['a loopback address is left out', {}, { what: 'POST /payments', result: '200', mood: 'good' }],
  [
    'a wallet address is not',
    { method: 'GET', url: 'https://wallet.tapbench.example/alice' },
    { what: 'GET wallet.tapbench.example/alice' },
  ],
  ['what is no URL is shown as it is', { url: 'nowhere' }, { what: 'POST nowhere' }],
  [
    'of an identifier the start is shown',
    { url: 'https://shop.tapbench.example/incoming-payments/392f35a9-0efe-4e96-9988-3b1232f6b7b2' },
    { what: 'POST shop.tapbench.example/incoming-payments/392f35a9…' },
  ],
  [
    'packets of ILP are named',
    { requestHeaders: OCTETS, requestBody: '0C8201', responseBody: '0D8201' },
    { what: 'POST /payments ILP PREPARE', result: '200 ILP FULFILL', mood: 'good' },
  ],
  [
    'a rejected packet is bad',
    { requestHeaders: OCTETS, requestBody: '0C8201', responseBody: '0E8201' },
    { result: '200 ILP REJECT', mood: 'bad' },
  ],
  ['a refusal is bad', { status: 401 }, { result: '401', mood: 'bad' }],
  [
    'no answer is bad and says why',
    { status: null, error: 'nobody listens' },
    { result: 'nobody listens', mood: 'bad' },
  ],
  [
    'an error of GraphQL is bad',
    { responseBody: { errors: [{ message: 'wrong state' }] } },
    { mood: 'bad', gist: ['wrong state'] },
  ],
  [
    'a body that was signed as text is read',
    { requestBody: '{"amount":{"value":"1250","assetCode":"EUR","assetScale":2}}' },
    { gist: ['12.50 EUR'] },
  ],
  [
    'the outcome comes with its reason, once',
    { requestBody: { code: 'x' }, responseBody: { outcome: 'Declined', code: 'x', reason: 'because' } },
    { gist: ['x', 'Declined', 'because'] },
  ],
]

for (const [name, call, expected] of CASES)
  test(`HTTP row: ${name}`, () => {
    const row = httpRow({ ...CALL, ...call })
    for (const [member, value] of Object.entries(expected))
      assert.deepEqual(row[member as keyof typeof row], value)
  })

const QUERIES: [query: string, name: string][] = [
  ['mutation Deposit($input: DepositInput!) { deposit(input: $input) { success } }', 'deposit'],
  ['query {\n  walletAddressByUrl(url: "x") { id }\n}', 'walletAddressByUrl'],
  ['{ receiver(id: "x") { id } }', 'receiver'],
  ['mutation { cancel }', 'cancel'],
]

for (const [query, name] of QUERIES)
  test(`the operation of a GraphQL request is ${name}`, () =>
    assert.equal(httpRow({ ...CALL, requestBody: { query } }).what, `POST /payments ${name}`))

const AMOUNTS: [amount: unknown, text: string][] = [
  [{ value: '1250', assetCode: 'EUR', assetScale: 2 }, '12.50 EUR'],
  [{ value: '5', assetCode: 'EUR', assetScale: 2 }, '0.05 EUR'],
  [{ value: '1250', assetCode: 'JPY', assetScale: 0 }, '1250 JPY'],
  [{ value: '3505', assetCode: 'KWD', assetScale: 3 }, '3.505 KWD'],
  [{ value: '-1', assetCode: 'EUR', assetScale: 2 }, '{"value":"-1","assetCode":"EUR","assetScale":2}'],
  [{ value: '1' }, '{"value":"1"}'],
  ['12', '12'],
]

for (const [amount, text] of AMOUNTS)
  test(`an amount is written ${text}`, () =>
    assert.deepEqual(httpRow({ ...CALL, requestBody: { amount } }).gist, [text]))

test('headers and both bodies can be looked into', () => {
  const { details } = httpRow({
    ...CALL,
    requestHeaders: { signature: 's' },
    requestBody: '{"a":1}',
    responseBody: 'text',
  })
  assert.deepEqual(details, [
    {
      form: 'pairs',
      title: 'Request',
      pairs: [
        ['POST', CALL.url],
        ['signature', 's'],
      ],
    },
    { form: 'json', title: 'Request body', value: { a: 1 } },
    { form: 'json', title: 'Answer 200', value: 'text' },
  ])
})

test('card data are decoded, and their PIN block stays hidden', () => {
  const payload = `770E9F2701809908${'*'.repeat(16)}`
  const decoded = httpRow({ ...CALL, requestBody: { payload } }).details.find(
    ({ form }) => form === 'decoded',
  )
  assert.ok(decoded?.form === 'decoded')
  assert.deepEqual(
    decoded.lines.map(({ hex }) => hex),
    ['', '80', '*'.repeat(16)],
  )
})
