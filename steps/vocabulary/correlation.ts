import assert from 'node:assert/strict'
import { Then } from '@cucumber/cucumber'
import { correlate } from '../../protocols/journal/correlate.ts'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import type { TapWorld } from '../world.ts'

Then('the journal has {string} of the tap', async function (this: TapWorld, type: string) {
  const { correlation } = this.lastTap
  await this.journal.until(`a webhook ${type} of tap ${correlation}`, () =>
    correlate(this.journal.entries).some(
      (entry) => entry.kind === 'webhook' && entry.type === type && entry.correlation === correlation,
    ),
  )
})

Then('whatever passed since the first tap belongs to a tap', function (this: TapWorld) {
  const ids = this.taps.map(({ correlation }) => correlation)
  const entries = correlate(this.journal.entries)
  const first = entries.findIndex(({ correlation }) => correlation === ids[0])
  assert.ok(first >= 0, `expected entries of tap ${ids[0]} in the journal, found none`)
  const strange = entries
    .slice(first)
    .filter((entry) => !isByHand(entry) && !ids.includes(entry.correlation ?? ''))
  assert.deepEqual(strange, [])
})

Then('the taps have ids of their own', function (this: TapWorld) {
  const ids = this.taps.map(({ correlation }) => correlation)
  assert.equal(new Set(ids).size, ids.length)
})

/** What the scenario itself does meanwhile. */
function isByHand(entry: JournalEntry): boolean {
  return (
    (entry.kind === 'http' && entry.from === 'bench') || (entry.kind === 'fact' && entry.party === 'bench')
  )
}
