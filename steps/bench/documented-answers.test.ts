import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
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

const AFTER = ['', '/status', '/refund', '/reversal', '/day'].map((path) => `/payments${path} 200`)

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
    await payments(bench)
    return journal.entries.filter((entry): entry is Http => entry.kind === 'http' && entry.from === 'pos')
  } finally {
    await bench.close()
  }
}

test('what is answered to devices and terminals is as the OpenAPI document says', async () => {
  const seen = await seenOfCeremonies()
  for (const { url, status, responseBody: body } of seen)
    await expectDocumented(new URL(url).pathname, { status: status ?? 0, body })
  const kinds = new Set(seen.map(({ url, status }) => `${new URL(url).pathname} ${status}`))
  for (const kind of ['/onboarding 200', '/onboarding 403', '/keys 200', '/keys/confirm 200', ...AFTER])
    assert.ok(kinds.has(kind), `expected ${kind} among ${[...kinds].join(', ')}`)
})
