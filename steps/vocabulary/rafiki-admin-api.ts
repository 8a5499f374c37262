import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import type { Side } from '../bench/plan.ts'
import type { RafikiDesk } from '../rafiki/rafiki-desk.ts'
import type { TapWorld } from '../world.ts'

const QUESTION = { query: '{ whoami { id } }' }

interface Asked {
  secret: string
  version: number
  now: number
  tenant: string
}

type Headers = Record<string, string>

const sign = ({ secret, version, now }: Asked, body: unknown = QUESTION): string =>
  signRafiki(body, { secret, version }, now)

/** The headers of a request, by what is said of it. */
const HEADERS: Record<string, (asked: Asked) => Headers> = {
  'a good signature': (asked) => ({ 'tenant-id': asked.tenant, signature: sign(asked) }),
  'a signature 60 s in the future': (asked) => of(asked, sign({ ...asked, now: asked.now + 60_000 })),
  'no signature': ({ tenant }) => ({ 'tenant-id': tenant }),
  'a signature of another secret': (asked) => of(asked, sign({ ...asked, secret: 'another' })),
  'a signature of another version': (asked) => of(asked, sign({ ...asked, version: asked.version + 1 })),
  'a signature of another body': (asked) => of(asked, sign(asked, { query: '{ __typename }' })),
  'a signature 31 s old': (asked) => of(asked, sign({ ...asked, now: asked.now - 31_000 })),
  'the tenant id of another': (asked) => ({ 'tenant-id': randomUUID(), signature: sign(asked) }),
  'no tenant id': (asked) => ({ signature: sign(asked) }),
  'a signature without a version': (asked) => of(asked, 'nonsense'),
  'a tenant id that is no UUID': (asked) => ({ 'tenant-id': 'nobody', signature: sign(asked) }),
}

const deposit = (amount: string) => ({
  query:
    'mutation ($input: DepositAssetLiquidityInput!) { depositAssetLiquidity(input: $input) { success } }',
  variables: { input: { assetId: randomUUID(), amount, id: randomUUID(), idempotencyKey: randomUUID() } },
})

const BODIES: Record<string, unknown> = {
  'an unknown field': { query: '{ whoami { nothing } }' },
  'half a query': { query: '{ whoami {' },
  'an amount that is no number': deposit('much'),
  'a negative amount': deposit('-5'),
  'two operations and no name': { query: 'query A { __typename } query B { __typename }' },
  'a list of operations': [QUESTION],
  nothing: {},
}

When("the merchant's Admin API is asked with {}", async function (this: TapWorld, kind: string) {
  const asked = askedOf(this)
  if (kind === 'a signature used before') {
    const headers = named(HEADERS, 'a good signature')(asked)
    await post(this, headers, QUESTION)
    await post(this, headers, QUESTION)
  } else await post(this, named(HEADERS, kind)(asked), QUESTION)
})

When("the merchant's Admin API gets {}", async function (this: TapWorld, kind: string) {
  const body = named(BODIES, kind)
  const asked = askedOf(this)
  await post(this, of(asked, sign(asked, body)), body)
})

Then('it answers {int}', function (this: TapWorld, status: number) {
  assert.equal(this.answer?.status, status)
})

Then('it answers {int} with the code {word}', function (this: TapWorld, status: number, code: string) {
  const { errors } = this.rafikiDesk.body<{ errors?: { extensions: { code: string } }[] }>()
  assert.deepEqual([this.answer?.status, errors?.[0]?.extensions.code], [status, code])
})

Given('incoming payments of 1, 2, 3, 4 and 5 cents', async function (this: TapWorld) {
  const { rafikiDesk: desk } = this
  for (const value of ['1', '2', '3', '4', '5']) {
    await desk.openIncoming({ incomingAmount: { value, assetCode: 'EUR', assetScale: 2 } })
    desk.noted.set(value, desk.incoming.id)
  }
})

When('the incoming payments are listed with {}', async function (this: TapWorld, page: string) {
  const { rafikiDesk: desk } = this
  const { id } = await desk.shop()
  await desk.list(id, pageOf(page, desk))
})

Then(
  'the page has {}, {word} before and {word} after',
  function (this: TapWorld, amounts: string, before: string, after: string) {
    const { edges, pageInfo } = this.rafikiDesk.answer as unknown as ListedPage
    const found = edges.map(({ node }) => node.incomingAmount.value).join(', ')
    assert.deepEqual(
      [found, pageInfo.hasPreviousPage, pageInfo.hasNextPage],
      [amounts, before === 'more', after === 'more'],
    )
    assert.deepEqual([pageInfo.startCursor, pageInfo.endCursor], [edges[0]?.cursor, edges.at(-1)?.cursor])
  },
)

interface ListedPage {
  edges: { cursor: string; node: { incomingAmount: { value: string } } }[]
  pageInfo: { startCursor: string; endCursor: string; hasNextPage: boolean; hasPreviousPage: boolean }
}

When(
  'the card payments of the shop are listed with {string}',
  async function (this: TapWorld, query: string) {
    const { url } = await this.rafikiDesk.shop()
    const { pointOfSaleUrl } = this.bench.services.plan
    const more = query === '' ? '' : `&${query}`
    this.answer = await this.bench.get('rafiki-merchant', {
      url: `${pointOfSaleUrl}/payments?receiverWalletAddress=${encodeURIComponent(url)}${more}`,
    })
  },
)

Then('it is refused as another request of the key {string}', function (this: TapWorld, key: string) {
  const { refusal, noted } = this.rafikiDesk
  assert.equal(
    refusal?.message,
    `Incoming arguments are different than the original request for idempotencyKey: ${noted.get(key)}`,
  )
})

Then("the {word}'s payments are {string}", async function (this: TapWorld, side: Side, expected: string) {
  const { rafikiDesk: desk } = this
  const { id } = side === 'merchant' ? await desk.shop() : await desk.wallet()
  type Found = { payments: { edges: { node: { type: string; state: string; liquidity: string } }[] } }
  const { payments } = await desk.ask<Found>(side, 'payments', { in: [id] })
  const found = payments.edges.map(({ node }) => `${node.type} ${node.state} ${node.liquidity}`)
  assert.equal(found.join(', '), expected)
})

Then(
  "of the incoming payment the customer's Rafiki lists {int} outgoing payment(s)",
  async function (this: TapWorld, count: number) {
    const { rafikiDesk: desk } = this
    type Found = { outgoingPayments: { edges: { node: { id: string } }[] } }
    const variables = { receiver: [desk.incoming.url] }
    const { outgoingPayments } = await desk.ask<Found>('customer', 'outgoingPayments', variables)
    assert.equal(outgoingPayments.edges.length, count)
  },
)

Then(
  'the ledger of the {word} payment has {string}',
  async function (this: TapWorld, which: string, expected: string) {
    const { rafikiDesk: desk } = this
    const [side, id]: [Side, string] =
      which === 'outgoing' ? ['customer', desk.outgoing.id] : ['merchant', desk.incoming.id]
    type Line = { amount: string; transferType: string }
    type Found = { accountingTransfers: { debits: Line[]; credits: Line[] } }
    const { accountingTransfers } = await desk.ask<Found>(side, 'transfers', { id })
    const write = (way: string) => (line: Line) => `${line.amount} ${line.transferType} ${way}`
    const found = [
      ...accountingTransfers.credits.map(write('in')),
      ...accountingTransfers.debits.map(write('out')),
    ]
    assert.equal(found.join(', '), expected)
  },
)

function askedOf({ bench }: TapWorld): Asked {
  const { plan } = bench.services
  return { ...plan.adminSecrets.merchant, tenant: plan.tenant.merchant, now: bench.clock.now() }
}

function of({ tenant }: Asked, signature: string): Headers {
  return { 'tenant-id': tenant, signature }
}

async function post(world: TapWorld, headers: Headers, body: unknown): Promise<void> {
  const { plan } = world.bench.services
  world.answer = await world.bench.post('rafiki-merchant', { url: plan.adminUrl.merchant, headers, body })
}

/** `first 2 after 4`: cursors are said by the cents of their payment. */
function pageOf(text: string, { noted }: RafikiDesk): Record<string, unknown> {
  const pairs = [...text.matchAll(/(first|last|before|after|sortOrder) (\S+?)(?:,|\s|$)/g)]
  const meant = (name: string, value: string) => {
    if (name === 'sortOrder') return value
    return name === 'first' || name === 'last' ? Number(value) : noted.get(value)
  }
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, meant(name, value)]))
}

function named<Thing>(table: Record<string, Thing>, name: string): Thing {
  const found = table[name]
  if (found !== undefined) return found
  throw new Error(`expected one of ${Object.keys(table).join(', ')}, got "${name}"`)
}
