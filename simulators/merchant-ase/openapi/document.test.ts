import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createOpenAPI, HttpMethod } from '@interledger/openapi'
import { routesOf } from '../merchants/office-service.ts'
import { expectDocumented } from '../testing/documented.ts'
import { openApiDocument } from './document.ts'
import { OFFICE_OPERATIONS } from './office-operations.ts'

const FILE = join(import.meta.dirname, '../../../docs/pos-api.openapi.json')

test('the document that is checked in is the one that is served: node simulators/merchant-ase/openapi/write.ts', () => {
  assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), JSON.parse(JSON.stringify(openApiDocument())))
})

test('the document has every request that the office takes, and no other', () => {
  const routes = routesOf({} as Parameters<typeof routesOf>[0])
  const taken = routes.map(([method, path]) => `${method} ${path.replace(':id', '{id}')}`)
  const documented = OFFICE_OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  assert.deepEqual(documented.sort(), taken.sort())
})

const REQUEST = {
  requestId: '7be48345-9078-4355-9e28-226879aae824',
  signature: '0102030405060708',
  payload: '770102',
  amount: { value: '1250', assetCode: 'EUR', assetScale: 2 },
  senderWalletAddress: 'https://wallet.tapbench.example/alice',
  timestamp: 1_767_225_600_000,
}
const ksn = '0'.repeat(24)
const account = { ksn, data: '00'.repeat(32) }
const pin = { ksn, format: 4, pinBlock: '00'.repeat(16) }

const WRONG: Record<string, Record<string, unknown>> = {
  'no request id': { requestId: undefined },
  'request id is no UUID': { requestId: '5' },
  'amount 0': { amount: { ...REQUEST.amount, value: '0' } },
  'payload is no hexadecimal': { payload: '7G' },
  'timestamp is text': { timestamp: '5' },
  'PIN without account': { pin },
  'PIN block of another format': { account, pin: { ...pin, format: 0 } },
}

test('another reader of the document takes what the POS API takes, and refuses what it refuses', async () => {
  const openApi = await createOpenAPI(FILE)
  const valid = openApi.createRequestValidator({ path: '/payments', method: HttpMethod.POST })
  const headers = {
    'content-type': 'application/json',
    'signature-input': 'x',
    signature: 'x',
    'content-digest': 'x',
  }
  const posted = (body: object) => ({
    headers,
    body: JSON.parse(JSON.stringify(body)),
    query: {},
    params: {},
  })
  for (const right of [REQUEST, { ...REQUEST, account }, { ...REQUEST, account, pin }])
    assert.ok(valid(posted(right)))
  for (const [what, changes] of Object.entries(WRONG))
    assert.throws(() => valid(posted({ ...REQUEST, ...changes })), what)
})

const APPROVED = { requestId: REQUEST.requestId, outcome: 'Approved', code: null, reason: null }

test('an answer that is not as the document says is seen', async () => {
  await expectDocumented('/payments', { status: 200, body: APPROVED })
  for (const body of [
    { ...APPROVED, outcome: 'Perhaps' },
    { ...APPROVED, code: 'merchant_limit' },
    { ...APPROVED, more: 1 },
    {},
  ])
    await assert.rejects(expectDocumented('/payments', { status: 200, body }))
  await assert.rejects(expectDocumented('/payments', { status: 418, body: APPROVED }), /document HTTP 418/)
})
