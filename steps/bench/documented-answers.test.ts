import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { HttpMethod } from '@interledger/openapi'
import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { FaultyCard } from '../../simulators/card/faulty-card.ts'
import { expectDocumented } from '../../simulators/merchant-ase/testing/documented.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { Bench } from './bench.ts'
import { parseMoney } from './money.ts'
import { loadProfile } from './profile.ts'
import { terminalSettings } from './terminal-settings.ts'

const AFTER = ['', '/status', '/refund', '/reversal', '/day'].map((path) => `/payments${path} 200`)

const OFFICE = ['/devices 200', '/terminals 200', '/merchants/kiosk 200', '/merchants/nobody 404'].concat(
  [200, 400, 401, 409].map((status) => `/merchants ${status}`),
)

type Http = Extract<JournalEntry, { kind: 'http' }>

/** A device that becomes a terminal, then one that may not. */
async function ceremonies(bench: Bench): Promise<void> {
  const { merchantId } = await bench.openShop({ currency: 'EUR', admission: 'none' })
  const device = await bench.terminals.onboarded(merchantId)
  await rotate(device, bench.terminals.options())
  const stranger = await bench.terminals.make()
  const order = { activationCode: 'no such code', signingKind: 'Ed25519' } as const
  assert.equal((await onboard(stranger, order, bench.terminals.options())).done, false)
}

/** What the merchant ASE's own people ask for, of a merchant of their own and of whatever terminals there are. */
async function office(bench: Bench): Promise<void> {
  const { office } = bench.services.plan
  const headers = { authorization: `Bearer ${office.secret}` }
  const wallets = [{ walletAddress: 'https://shop.example/x', assetCode: 'EUR', assetScale: 2, limit: '500' }]
  const post = (path: string, body: unknown) =>
    bench.post('merchant-ase', { url: `${office.url}${path}`, headers, body })
  await post('/merchants', { id: 'kiosk', name: 'Kiosk', wallets })
  await post('/merchants', { id: 'kiosk', name: 'Kiosk' })
  await post('/merchants', { name: 'Kiosk' })
  for (const path of ['/merchants', '/merchants/kiosk', '/merchants/nobody'])
    await bench.get('merchant-ase', { url: `${office.url}${path}`, headers })
  await bench.get('merchant-ase', { url: `${office.url}/merchants` })
  const [terminal] = await bench.office.terminals()
  const { terminalId = '' } = terminal ?? {}
  await bench.office.configure(terminalId, await terminalSettings('default'))
  await bench.office.demandRotation(terminalId)
  await bench.office.retire(terminalId, 'decommissioned')
}

/** A payment and what comes after it, of a terminal that is registered by hand. */
async function payments(bench: Bench): Promise<void> {
  const holder = await bench.openAccount(parseMoney('100.00', 'EUR'))
  const { image } = await bench.issueCard(holder, { profile: 'interledger' })
  const { terminal } = await bench.openShop({ currency: 'EUR' })
  const reader = new LoopbackReader('documented', bench.clock)
  reader.insert(new FaultyCard(image))
  const { requestId } = await terminal.tap({ reader, amount: 700n, currency: 'EUR' })
  await terminal.tap({ reader, amount: 70_000n, currency: 'EUR' })
  const id = requestId ?? ''
  await terminal.status(id)
  await terminal.status(randomUUID())
  await terminal.refund(id, randomUUID(), 100n)
  await terminal.refund(id, randomUUID(), 1_000n)
  await terminal.reverse(id)
  await terminal.day(0, bench.clock.now() + 1)
}

async function seenOfCeremonies(): Promise<Http[]> {
  const profile = loadProfile('simulator')
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const journal = new MemoryJournal(() => 0)
    await bench.recordTo(journal)
    await ceremonies(bench)
    await office(bench)
    await payments(bench)
    return journal.entries.filter(
      (entry): entry is Http =>
        entry.kind === 'http' && entry.to === 'merchant-ase' && ['pos', 'bench'].includes(entry.from),
    )
  } finally {
    await bench.close()
  }
}

test('what is answered to devices, terminals and the people of the office is as the OpenAPI document says', async () => {
  const seen = await seenOfCeremonies()
  for (const { method, url, status, responseBody: body } of seen)
    await expectDocumented(
      new URL(url).pathname,
      { status: status ?? 0, body },
      HttpMethod[method as keyof typeof HttpMethod],
    )
  const kinds = new Set(seen.map(({ url, status }) => `${new URL(url).pathname} ${status}`))
  for (const kind of [
    '/onboarding 200',
    '/onboarding 403',
    '/keys 200',
    '/keys/confirm 200',
    ...AFTER,
    ...OFFICE,
  ])
    assert.ok(kinds.has(kind), `expected ${kind} among ${[...kinds].join(', ')}`)
})
