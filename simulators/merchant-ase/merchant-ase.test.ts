import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { SwitchJournal } from '../../protocols/journal/switch-journal.ts'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import { testDatabase } from '../common/testing/test-database.ts'
import { type MerchantAse, startMerchantAse } from './merchant-ase.ts'
import { openApiDocument } from './openapi/document.ts'
import { type Stub, type StubRafiki, startStubRafiki } from './testing/stub-rafiki.ts'
import { type Deviation, StubTerminal } from './testing/stub-terminal.ts'

const WEBHOOKS = { secret: 'webhook secret of a test', version: 1 }
const OFFICE_SECRET = 'office secret of a test'
const RECEIVER_ID = 'b1d2c3d4-0000-4000-8000-000000000001'
const APPROVE: Stub = () => ({ status: 200, body: { result: { code: 'approved' } } })
const REFUSE: Stub = () => ({ status: 400, body: { error: { code: 'invalid_request' } } })

const clock = new ManualClock(Date.UTC(2026, 10, 21, 12))
const switched = new SwitchJournal()
let journal: MemoryJournal
let rafiki: StubRafiki
let ase: MerchantAse
let terminal: StubTerminal

const facts = () => journal.entries.filter((entry) => entry.kind === 'fact')
const paymentsAsked = () => rafiki.asked.filter(({ path }) => path === '/payment').length
const known: Stub = () => ({ status: 200, body: { data: { walletAddressByUrl: { id: RECEIVER_ID } } } })
const decides =
  (body: unknown, status = 200): Stub =>
  () => ({ status, body })

before(async () => {
  rafiki = await startStubRafiki({})
  const [posApi = 0, webhooks = 0, office = 0] = await freePorts(3)
  ase = await startMerchantAse({
    ports: { posApi, webhooks },
    office: { port: office, secret: OFFICE_SECRET },
    database: testDatabase('merchant_ase'),
    rafiki: {
      pointOfSaleUrl: rafiki.origin,
      adminUrl: `${rafiki.origin}/graphql`,
      tenantId: 'tenant',
      adminApiSecret: 'admin secret of a test',
      adminApiSignatureVersion: 1,
      webhookSecret: WEBHOOKS.secret,
      webhookSignatureVersion: WEBHOOKS.version,
    },
    hosts: { 'wallet.tapbench.example': rafiki.origin },
    clock,
    journal: switched,
  })
  terminal = new StubTerminal('pos-1', ase.url, () => clock.now())
})

after(async () => {
  await ase.close()
  await rafiki.close()
})

beforeEach(async () => {
  rafiki.asked.length = 0
  rafiki.answers = {
    '/payment': APPROVE,
    '/graphql': known,
    '/alice': () => ({
      status: 200,
      body: { additionalProperties: { cardDecisions: `${rafiki.origin}/card-decisions` } },
    }),
  }
  journal = new MemoryJournal(() => 0)
  switched.to(journal)
  const eur = { walletAddress: 'https://shop.tapbench.example/eur', walletAddressId: RECEIVER_ID }
  await ase.registry.registerMerchant({
    id: 'shop',
    name: 'Shop',
    wallets: [{ ...eur, assetCode: 'EUR', assetScale: 2, limit: 5_000n }],
  })
  await ase.registry.registerTerminal({
    id: terminal.id,
    merchantId: 'shop',
    publicKey: terminal.keys.publicKey,
  })
})

test('an approved payment: one question to Rafiki, one decision in the journal', async () => {
  const requestId = randomUUID()
  const answer = await terminal.send({ body: { requestId } })
  assert.deepEqual(answer, {
    status: 200,
    body: { requestId, outcome: 'Approved', code: null, reason: null },
  })
  const [asked] = rafiki.asked
  const { signature, payload, amount, senderWalletAddress } = terminal.request()
  const receiverWalletAddress = 'https://shop.tapbench.example/eur'
  const { timestamp, ...rest } = (asked?.body ?? {}) as { timestamp: number }
  assert.deepEqual(rest, { signature, payload, amount, senderWalletAddress, receiverWalletAddress })
  assert.ok(timestamp >= clock.now())
  const decisions = journal.entries.filter((entry) => entry.kind === 'decision')
  assert.equal(decisions.length, 1)
  assert.equal(decisions[0]?.word, 'approved')
})

test('every timestamp given to Rafiki is another', async () => {
  await Promise.all([1, 2, 3, 4].map(() => terminal.send()))
  const stamps = rafiki.asked.map(({ body }) => (body as { timestamp: number }).timestamp)
  assert.equal(new Set(stamps).size, 4)
})

const other = generateKeyPairSync('ed25519').privateKey
const MALFORMED: [what: string, body: Record<string, unknown>][] = [
  ['no request id', { requestId: undefined }],
  ['request id is no UUID', { requestId: '1' }],
  ['signature is not hexadecimal', { signature: 'xyz' }],
  ['payload of an odd number of digits', { payload: '777' }],
  ['payload without end', { payload: '77'.repeat(5000) }],
  ['amount of nothing', { amount: { value: '0', assetCode: 'EUR', assetScale: 2 } }],
  ['negative amount', { amount: { value: '-1', assetCode: 'EUR', assetScale: 2 } }],
  ['amount as a number', { amount: { value: 1250, assetCode: 'EUR', assetScale: 2 } }],
  ['amount of 13 digits', { amount: { value: '1'.repeat(13), assetCode: 'EUR', assetScale: 2 } }],
  ['currency in small letters', { amount: { value: '1250', assetCode: 'eur', assetScale: 2 } }],
  ['wallet address of another scheme', { senderWalletAddress: 'file:///etc/passwd' }],
  ['timestamp as text', { timestamp: '1' }],
]

for (const [what, body] of MALFORMED) {
  test(`request_malformed: ${what}`, async () => {
    const { status, body: answer } = await terminal.send({ body })
    assert.deepEqual([status, answer.outcome, answer.code], [400, 'Failed', 'request_malformed'])
    assert.equal(paymentsAsked(), 0)
  })
}

const REFUSED: [what: string, status: number, code: string, deviation: () => Deviation][] = [
  ['body is not JSON', 400, 'request_malformed', () => ({ sent: '{' })],
  ['body is empty', 400, 'request_malformed', () => ({ sent: '' })],
  ['body over the limit', 400, 'request_malformed', () => ({ sent: `"${'x'.repeat(70_000)}"` })],
  ['terminal is not registered', 403, 'terminal_unknown', () => ({ keyId: 'pos-2' })],
  [
    'no signature',
    401,
    'request_signature_wrong',
    () => ({ headers: { signature: undefined, 'signature-input': undefined } }),
  ],
  ['half a signature', 401, 'request_signature_wrong', () => ({ headers: { signature: undefined } })],
  ['signature of another key', 401, 'request_signature_wrong', () => ({ key: other })],
  [
    'another body than the signed',
    401,
    'request_signature_wrong',
    () => ({ sent: JSON.stringify(terminal.request()) }),
  ],
  [
    'signed for another POS API',
    401,
    'request_signature_wrong',
    () => ({ signedUrl: 'https://ase.example/payments' }),
  ],
  ['60 s old', 401, 'request_outside_window', () => ({ created: clock.now() - 61_000 })],
  ['from the future', 401, 'request_outside_window', () => ({ created: clock.now() + 11_000 })],
]

for (const [what, status, code, deviation] of REFUSED) {
  test(`${code}: ${what}`, async () => {
    const answer = await terminal.send(deviation())
    assert.deepEqual([answer.status, answer.body.outcome, answer.body.code], [status, 'Failed', code])
    assert.equal(paymentsAsked(), 0)
  })
}

test('just inside the window is taken', async () => {
  for (const created of [clock.now() - 59_000, clock.now() + 9_000])
    assert.equal((await terminal.send({ created })).body.outcome, 'Approved')
})

test('a terminal that was removed is unknown, and known again when it is registered again', async () => {
  await ase.registry.removeTerminal(terminal.id)
  assert.equal((await terminal.send()).body.code, 'terminal_unknown')
  await ase.registry.registerTerminal({
    id: terminal.id,
    merchantId: 'shop',
    publicKey: terminal.keys.publicKey,
  })
  assert.equal((await terminal.send()).body.outcome, 'Approved')
})

test('policy: merchant, currency, scale, limit', async () => {
  const eur = (value: string, assetScale = 2) => ({ amount: { value, assetCode: 'EUR', assetScale } })
  const usd = { amount: { value: '1250', assetCode: 'USD', assetScale: 2 } }
  assert.equal((await terminal.send({ body: usd })).body.code, 'merchant_currency')
  assert.equal((await terminal.send({ body: eur('1250', 3) })).body.code, 'merchant_currency')
  assert.equal((await terminal.send({ body: eur('5001') })).body.code, 'merchant_limit')
  await ase.registry.setMerchantState('shop', 'suspended')
  const { status, body } = await terminal.send()
  assert.deepEqual([status, body.outcome, body.code], [200, 'Declined', 'merchant_suspended'])
  assert.equal(paymentsAsked(), 0)
  await ase.registry.setMerchantState('shop', 'active')
  assert.equal((await terminal.send({ body: eur('5000') })).body.outcome, 'Approved')
})

test('the registry names a merchant that is not there', async () => {
  await assert.rejects(ase.registry.setMerchantState('nobody', 'active'), /"nobody"/)
  await assert.rejects(
    ase.registry.registerTerminal({ id: 'x', merchantId: 'nobody', publicKey: terminal.keys.publicKey }),
  )
})

test('the same request again has the same outcome and makes no second payment', async () => {
  const body = terminal.request()
  const first = await terminal.send({ body })
  rafiki.answers['/payment'] = REFUSE
  clock.advance(30_000)
  assert.deepEqual(await terminal.send({ body }), first)
  assert.equal(paymentsAsked(), 1)
})

test('a declined request again is declined again, with its reason', async () => {
  const body = terminal.request({ amount: { value: '5001', assetCode: 'EUR', assetScale: 2 } })
  assert.deepEqual(await terminal.send({ body }), await terminal.send({ body }))
})

test('the same request id with another body is refused', async () => {
  const body = terminal.request()
  await terminal.send({ body })
  const { status, body: answer } = await terminal.send({ body: { ...body, payload: '7700' } })
  assert.deepEqual([status, answer.code], [401, 'request_replayed'])
  assert.equal(paymentsAsked(), 1)
})

test('the same nonce is refused until its window is over, and the request id is left untouched', async () => {
  await terminal.send({ nonce: 'n-1' })
  const body = terminal.request()
  const { status, body: answer } = await terminal.send({ nonce: 'n-1', body })
  assert.deepEqual([status, answer.code], [401, 'request_replayed'])
  assert.equal((await terminal.send({ nonce: 'n-2', body })).body.outcome, 'Approved')
  clock.advance(61_000)
  assert.equal((await terminal.send({ nonce: 'n-1' })).body.outcome, 'Approved')
})

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

test('the same request many times at once is one payment, and all hear its outcome', async () => {
  const release = deferred()
  rafiki.answers['/payment'] = async (body) => {
    await release.promise
    return APPROVE(body)
  }
  const body = terminal.request()
  const all = Promise.all([1, 2, 3, 4, 5].map(() => terminal.send({ body })))
  while (paymentsAsked() === 0) await new Promise(setImmediate)
  const late = terminal.send({ body })
  release.resolve()
  const answers = [...(await all), await late]
  assert.deepEqual(
    answers.map(({ body }) => body.outcome),
    Array(6).fill('Approved'),
  )
  assert.equal(paymentsAsked(), 1)
})

test('two terminals may use the same request id', async () => {
  const second = new StubTerminal('pos-2', ase.url, () => clock.now())
  await ase.registry.registerTerminal({ id: 'pos-2', merchantId: 'shop', publicKey: second.keys.publicKey })
  const body = terminal.request()
  await terminal.send({ body })
  assert.equal((await second.send({ body })).body.outcome, 'Approved')
  assert.equal(paymentsAsked(), 2)
  await ase.registry.removeTerminal('pos-2')
})

const DECLINED = { decision: 'declined', code: 'balance_too_low', reason: 'balance is too low' }
const gone: Stub = () => ({ status: 404, body: {} })

/** What Rafiki and the issuer answer after a payment that was not approved, and the code the ASE finds. */
const INQUIRIES: [what: string, word: string, code: string, answers: Record<string, Stub>][] = [
  ['issuer declined', 'Declined', 'balance_too_low', { '/card-decisions': decides(DECLINED) }],
  [
    'issuer approved',
    'Failed',
    'payment_not_completed',
    { '/card-decisions': decides({ decision: 'approved', code: null, reason: null }) },
  ],
  ['issuer never decided', 'Failed', 'payment_not_completed', { '/card-decisions': gone }],
  [
    'issuer speaks nonsense',
    'Failed',
    'payment_not_completed',
    { '/card-decisions': decides({ decision: 'maybe' }) },
  ],
  [
    'issuer uses an unknown code',
    'Failed',
    'payment_not_completed',
    { '/card-decisions': decides({ ...DECLINED, code: 'x' }) },
  ],
  ['issuer publishes no decisions', 'Failed', 'payment_not_completed', { '/alice': decides({}) }],
  ['issuer hangs up', 'Failed', 'issuer_unreachable', { '/card-decisions': () => 'hang up' }],
  ["issuer's Rafiki breaks", 'Failed', 'issuer_unreachable', { '/alice': decides({}, 500) }],
  ["issuer's Rafiki hangs up", 'Failed', 'issuer_unreachable', { '/alice': () => 'hang up' }],
  ['sender is gone', 'Declined', 'sender_unknown', { '/alice': gone }],
  [
    'receiver is unknown',
    'Failed',
    'receiver_unknown',
    { '/graphql': decides({ data: { walletAddressByUrl: null } }) },
  ],
  ['Admin API hangs up', 'Failed', 'rafiki_unreachable', { '/graphql': () => 'hang up' }],
  ['Admin API refuses', 'Failed', 'payment_not_completed', { '/graphql': decides('Unauthorized', 401) }],
  ['point-of-sale hangs up', 'Failed', 'rafiki_unreachable', { '/payment': () => 'hang up' }],
  ['point-of-sale breaks', 'Failed', 'payment_not_completed', { '/payment': decides({}, 500) }],
  ['point-of-sale says 200 and nothing', 'Failed', 'payment_not_completed', { '/payment': decides({}) }],
  [
    'invalid signature, declined',
    'Declined',
    'cryptogram_replayed',
    {
      '/payment': decides({ result: { code: 'invalid_signature' } }),
      '/card-decisions': decides({
        decision: 'declined',
        code: 'cryptogram_replayed',
        reason: 'cryptogram was used before',
      }),
    },
  ],
  [
    'invalid signature, no decision',
    'Declined',
    'cryptogram_wrong',
    { '/payment': decides({ result: { code: 'invalid_signature' } }) },
  ],
]

for (const [what, word, code, answers] of INQUIRIES) {
  test(`not approved, ${what}: ${code}`, async () => {
    Object.assign(rafiki.answers, { '/payment': REFUSE }, answers)
    const { status, body } = await terminal.send()
    assert.deepEqual([status, body.outcome, body.code], [200, word, code])
    assert.doesNotMatch(body.reason ?? '', /broke/)
  })
}

test('the issuer is asked with the payload and the moment that Rafiki was given', async () => {
  Object.assign(rafiki.answers, { '/payment': REFUSE, '/card-decisions': decides(DECLINED) })
  const { body } = await terminal.send()
  assert.equal(body.reason, 'balance is too low')
  const paid = rafiki.asked.find(({ path }) => path === '/payment')?.body as { timestamp: number }
  const asked = rafiki.asked.find(({ path }) => path === '/card-decisions')?.body
  assert.deepEqual(asked, { payload: '770102', initiatedAt: new Date(paid.timestamp).toISOString() })
})

test('approved by the issuer and not completed is a fact to reconcile', async () => {
  Object.assign(rafiki.answers, { '/payment': REFUSE, '/card-decisions': decides({ decision: 'approved' }) })
  await terminal.send()
  assert.match(facts()[0]?.text ?? '', /may have been debited/)
})

test('Rafiki refuses only after its wait: the issuer was silent', async () => {
  rafiki.answers['/payment'] = (body) => {
    clock.advance(30_000)
    return REFUSE(body)
  }
  assert.equal((await terminal.send()).body.code, 'issuer_silent')
})

test('Rafiki does not answer at all: given up after the wait', async () => {
  rafiki.answers['/payment'] = () => {
    setImmediate(() => clock.advance(35_000))
    return 'silence'
  }
  assert.equal((await terminal.send()).body.code, 'issuer_silent')
})

test('the POS API goes down and comes back on the same port', async () => {
  await ase.posApi.stop()
  await assert.rejects(terminal.send())
  await ase.posApi.start()
  assert.equal((await terminal.send()).body.outcome, 'Approved')
})

const completed = (changed: object = {}) => ({
  id: randomUUID(),
  type: 'incoming_payment.completed',
  data: {
    id: randomUUID(),
    walletAddressId: RECEIVER_ID,
    receivedAmount: { value: '1250', assetCode: 'EUR', assetScale: 2 },
    completed: true,
  },
  ...changed,
})

async function deliver(event: object, signature?: string): Promise<number> {
  const headers = signature === undefined ? undefined : { 'rafiki-signature': signature }
  const answer = await fetch(ase.webhookUrl, {
    method: 'POST',
    body: JSON.stringify(event),
    headers: { 'content-type': 'application/json', ...headers },
  })
  return answer.status
}

const verdicts = () =>
  journal.entries.filter((entry) => entry.kind === 'webhook').map(({ verdict }) => verdict)

const FORGED: [what: string, signature: (event: object) => string | undefined][] = [
  ['no signature', () => undefined],
  ['a malformed signature', () => 't=1, v1=00'],
  ['a signature of another secret', (event) => signRafiki(event, { ...WEBHOOKS, secret: 'x' }, clock.now())],
  ['a signature of another version', (event) => signRafiki(event, { ...WEBHOOKS, version: 2 }, clock.now())],
  ['a signature of another body', () => signRafiki(completed(), WEBHOOKS, clock.now())],
  ['a signature of 11 minutes ago', (event) => signRafiki(event, WEBHOOKS, clock.now() - 660_000)],
  ['a signature from the future', (event) => signRafiki(event, WEBHOOKS, clock.now() + 660_000)],
]

for (const [what, signature] of FORGED) {
  test(`a webhook with ${what} is refused`, async () => {
    const event = completed()
    assert.equal(await deliver(event, signature(event)), 401)
    assert.deepEqual(verdicts(), ['refused'])
  })
}

const UNREADABLE: [what: string, event: object][] = [
  ['no event', { type: 'incoming_payment.completed' }],
  ['no amount', completed({ data: { id: randomUUID(), walletAddressId: RECEIVER_ID } })],
]

for (const [what, event] of UNREADABLE) {
  test(`a signed webhook with ${what} is refused with 400`, async () => {
    assert.equal(await deliver(event, signRafiki(event, WEBHOOKS, clock.now())), 400)
  })
}

test('a webhook is taken once, also when it comes twice at the same time', async () => {
  const event = completed()
  const signed = () => signRafiki(event, WEBHOOKS, clock.now())
  assert.deepEqual(await Promise.all([deliver(event, signed()), deliver(event, signed())]), [200, 200])
  clock.advance(20_000)
  assert.equal(await deliver(event, signed()), 200)
  assert.deepEqual(verdicts().sort(), ['duplicate', 'duplicate', 'taken'])
})

test('money for a payment that was told to have failed is a fact to look into', async () => {
  clock.advance(600_000)
  rafiki.answers['/payment'] = REFUSE
  await terminal.send({ body: { amount: { value: '777', assetCode: 'EUR', assetScale: 2 } } })
  const event = completed()
  event.data.receivedAmount.value = '777'
  assert.equal(await deliver(event, signRafiki(event, WEBHOOKS, clock.now())), 200)
  assert.match(facts()[0]?.text ?? '', /money came for payment .* told has failed/)
})

test('any other event is taken and changes nothing', async () => {
  const event = completed({ type: 'incoming_payment.created' })
  assert.equal(await deliver(event, signRafiki(event, WEBHOOKS, clock.now())), 200)
  assert.deepEqual(verdicts(), ['taken'])
})

async function askOffice(path: string, secret: string, init: RequestInit = {}): Promise<[number, unknown]> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const answer = await fetch(`${ase.officeUrl}${path}`, { ...init, headers })
  return [answer.status, await answer.json()]
}

test('its own people ask at the office, with their secret', async () => {
  const [status, body] = await askOffice('/merchants/shop', OFFICE_SECRET)
  assert.equal(status, 200)
  assert.equal((body as { merchant: { state: string } }).merchant.state, 'active')
  const [refused] = await askOffice('/merchants/shop', 'another secret of somebody')
  assert.equal(refused, 401)
})

test('an ASE that trusts no terminals says so at its office', async () => {
  const device = { method: 'POST', body: JSON.stringify({ serial: 'A-1', model: 'TB-1' }) }
  const [status, body] = await askOffice('/devices', OFFICE_SECRET, device)
  assert.equal(status, 409)
  assert.equal((body as { refused: string }).refused, 'terminals_not_onboarded')
})

test('the OpenAPI document is served', async () => {
  const answer = await fetch(`${ase.url}/openapi.json`)
  assert.deepEqual([answer.status, await answer.json()], [200, JSON.parse(JSON.stringify(openApiDocument()))])
})
