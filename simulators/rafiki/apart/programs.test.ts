import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePorts } from '../../../hardware/net/free-ports.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { HttpClient } from '../../common/http-client.ts'
import { machineRandom as random } from '../../common/machine-random.ts'
import { RafikiAdmin } from '../../common/rafiki-admin.ts'
import { type Program, startProgram } from './programs.ts'

const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'
const parts = { host: '127.0.0.1', clock: systemClock, random, journal: silentJournal }
const programs: Program[] = []
const http = new HttpClient({ from: 'bench', clock: systemClock, journal: silentJournal })
let admin: RafikiAdmin
let pos: string
const WALLET = 'https://shop.example/one'

const at = (port: number | undefined) => `http://127.0.0.1:${port}`

before(async () => {
  const [adminPort, openPayments, ilp, posPort, authPort, cardPort] = await freePorts(6)
  const url = `${at(adminPort)}/graphql`
  pos = at(posPort)
  const backend = {
    INSTANCE_NAME: 'merchant',
    ADMIN_PORT: `${adminPort}`,
    OPEN_PAYMENTS_PORT: `${openPayments}`,
    CONNECTOR_PORT: `${ilp}`,
    OPERATOR_TENANT_ID: TENANT,
    ADMIN_API_SECRET: 'admin',
    SIGNATURE_SECRET: 'events',
    WEBHOOK_URL: `${at(1)}/webhooks`,
    EXCHANGE_RATES_URL: `${at(1)}/rates`,
    OPEN_PAYMENTS_URL: 'https://shop.example',
    ILP_ADDRESS: 'test.shop',
    AUTH_SERVER_GRANT_URL: at(authPort),
    AUTH_SERVER_INTROSPECTION_URL: at(authPort),
    AUTH_SERVICE_API_URL: at(authPort),
    ILP_CONNECTOR_URL: at(ilp),
    KEY_ID: 'key',
    POS_WEBHOOK_SERVICE_URL: `${pos}/webhook`,
  }
  const tenant = {
    GRAPHQL_URL: url,
    TENANT_ID: TENANT,
    TENANT_SECRET: 'admin',
    TENANT_SIGNATURE_VERSION: '1',
  }
  programs.push(
    await startProgram('backend', backend, parts),
    await startProgram(
      'point-of-sale',
      { ...tenant, PORT: `${posPort}`, WEBHOOK_SIGNATURE_SECRET: 'events' },
      parts,
    ),
    await startProgram('card-service', { ...tenant, CARD_SERVICE_PORT: `${cardPort}` }, parts),
  )
  admin = new RafikiAdmin({
    to: 'rafiki-merchant',
    url,
    tenantId: TENANT,
    secret: 'admin',
    version: 1,
    clock: systemClock,
    http,
  })
  cardService = at(cardPort)
})
let cardService: string

after(async () => {
  await http.close()
  for (const program of programs) await program.close()
})

test('point-of-sale lists the card payments of a wallet address alone, which it gets over the Admin API', async () => {
  const { createAsset } = await admin.run<{ createAsset: { asset: { id: string } } }>(
    'mutation A($input: CreateAssetInput!) { createAsset(input: $input) { asset { id } } }',
    { input: { code: 'EUR', scale: 2 } },
  )
  const { createWalletAddress } = await admin.run<{ createWalletAddress: { walletAddress: { id: string } } }>(
    'mutation W($input: CreateWalletAddressInput!) { createWalletAddress(input: $input) { walletAddress { id } } }',
    { input: { assetId: createAsset.asset.id, address: WALLET, additionalProperties: [] } },
  )
  const walletAddressId = createWalletAddress.walletAddress.id
  const expect = (more: object) =>
    admin.run(
      'mutation P($input: CreateIncomingPaymentInput!) { createIncomingPayment(input: $input) { payment { id } } }',
      {
        input: {
          walletAddressId,
          incomingAmount: { value: '500', assetCode: 'EUR', assetScale: 2 },
          ...more,
        },
      },
    )
  await expect({})
  await expect({ isCardPayment: true, senderWalletAddress: 'https://wallet.example/holder' })
  const { status, body } = await get(`${pos}/payments?receiverWalletAddress=${WALLET}`)
  assert.equal(status, 200)
  const { result, pagination } = body as { result: Record<string, unknown>[]; pagination: object }
  assert.deepEqual(
    result.map((one) => [one.senderWalletAddress, one.incomingAmount]),
    [['https://wallet.example/holder', { value: '500', assetCode: 'EUR', assetScale: 2 }]],
  )
  assert.deepEqual(Object.keys(pagination).sort(), [
    'endCursor',
    'hasNextPage',
    'hasPreviousPage',
    'startCursor',
  ])
})

test('the card service knows by the Admin API that there is no such wallet', async () => {
  const payment = {
    requestId: '5d0c2b9e-8f41-4a7d-b3c6-0e9f8d7c6b5a',
    signature: 's',
    payload: 'p',
    amount: { value: '1', assetCode: 'EUR', assetScale: 2 },
    senderWalletAddress: 'https://shop.example/nobody',
    incomingPaymentUrl: 'https://other.example/incoming-payments/1',
    timestamp: 1,
  }
  const { status } = await http.call({
    to: 'rafiki-customer',
    method: 'POST',
    url: `${cardService}/payment`,
    body: payment,
    timeoutMs: 5_000,
  })
  assert.equal(status, 404)
})

function get(url: string) {
  return http.call({ to: 'rafiki-merchant', method: 'GET', url, timeoutMs: 5_000 })
}
