import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { correlate } from '../../protocols/journal/correlate.ts'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { traceparentOf } from '../../protocols/journal/traceparent.ts'
import { FaultyCard } from '../../simulators/card/faulty-card.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'
import { ScenarioJournal } from '../scenario-journal.ts'
import { settled } from '../settled.ts'
import { Bench } from './bench.ts'
import { parseMoney } from './money.ts'
import { loadProfile } from './profile.ts'

const BALANCE = parseMoney('100.00', 'EUR')

interface Lane {
  tap(): Promise<TapResult>
}

async function openLane(bench: Bench, name: string): Promise<Lane> {
  const holder = await bench.openAccount(BALANCE)
  const { image } = await bench.issueCard(holder, { profile: 'interledger' })
  const { terminal } = await bench.openShop({ currency: BALANCE.currency })
  const reader = new LoopbackReader(name, bench.clock)
  reader.insert(new FaultyCard(image))
  return { tap: () => terminal.tap({ reader, amount: 700n, currency: BALANCE.currency }) }
}

/** Taps at once, and what the journal has of them. */
async function tapAtOnce(count: number): Promise<{ results: TapResult[]; entries: JournalEntry[] }> {
  const profile = loadProfile('simulator')
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  try {
    const lanes = await Promise.all(Array.from({ length: count }, (_, at) => openLane(bench, `lane ${at}`)))
    const journal = new ScenarioJournal()
    await bench.recordTo(journal)
    const results = await Promise.all(lanes.map((lane) => lane.tap()))
    await settled(journal, bench)
    const toMerchant = (entry: JournalEntry) => isTaken(entry) && entry.to === 'merchant-ase'
    await journal.until(
      'the merchant to be told twice of each payment',
      () => journal.entries.filter(toMerchant).length === 2 * count,
    )
    await bench.recordTo()
    return { results, entries: correlate(journal.entries) }
  } finally {
    await bench.close()
  }
}

// On a slow machine Rafiki sends a webhook once more.
const isTaken = (entry: JournalEntry): entry is Extract<JournalEntry, { kind: 'webhook' }> =>
  entry.kind === 'webhook' && entry.verdict === 'taken'

const describe = (entry: JournalEntry): string =>
  [
    entry.kind,
    'operation' in entry && entry.operation,
    'url' in entry && entry.url,
    'text' in entry && entry.text,
  ]
    .filter(Boolean)
    .join(' ')

test('of two taps at once every entry carries the id of its own', async () => {
  const { results, entries } = await tapAtOnce(2)
  const ids = results.map(({ correlation }) => correlation)
  assert.equal(new Set(ids).size, 2)
  for (const { outcome, requestId, correlation } of results)
    assert.deepEqual([outcome.word, requestId], ['Approved', correlation])
  const strange = entries.filter(({ correlation = '' }) => !ids.includes(correlation))
  assert.deepEqual(strange.map(describe), [])
  for (const result of results)
    assertWhole(
      entries.filter(({ correlation }) => correlation === result.correlation),
      result,
    )
})

/** Everything of one tap is there, and nothing of another. */
function assertWhole(entries: readonly JournalEntry[], { correlation, emv, apdus }: TapResult): void {
  const of = <Kind extends JournalEntry['kind']>(kind: Kind) =>
    entries.filter((entry): entry is Extract<JournalEntry, { kind: Kind }> => entry.kind === kind)
  assert.deepEqual(
    of('apdu').map(({ command }) => command),
    apdus.map(({ command }) => command),
  )
  const parties = new Set([...of('http').map(({ from }) => from), ...of('webhook').map(({ to }) => to)])
  assert.deepEqual([...parties].sort(), [
    'customer-ase',
    'merchant-ase',
    'pos',
    'rafiki-customer',
    'rafiki-merchant',
  ])
  assert.deepEqual(
    of('webhook')
      .filter(isTaken)
      .map(({ type }) => type)
      .sort(),
    [
      'incoming_payment.completed',
      'incoming_payment.created',
      'outgoing_payment.completed',
      'outgoing_payment.created',
    ],
  )
  assert.deepEqual(
    of('decision')
      .map(({ party }) => party)
      .sort(),
    ['customer-ase', 'merchant-ase'],
  )
  assert.equal(of('hsm').length, 1)
  const cryptograms = of('http').flatMap(
    ({ requestBody }) => (requestBody as { signature?: string })?.signature ?? [],
  )
  assert.deepEqual(
    [...new Set(cryptograms.map((text) => text.toUpperCase()))],
    [emv.cryptogram?.toUpperCase()],
  )
  const [asked] = of('http').filter(({ from }) => from === 'pos')
  assert.equal(asked?.requestHeaders.traceparent, traceparentOf(correlation))
}
