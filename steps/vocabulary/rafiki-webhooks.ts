import assert from 'node:assert/strict'
import { Then } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import type { TapWorld } from '../world.ts'

// The clock runs on meanwhile, by as much as the machine is slow.
const MARGIN_MS = 5_000

Then(
  /^the event "(.+)" comes again after ([\d, and]+) seconds, and no more$/,
  async function (this: TapWorld, type: string, list: string) {
    const waits = list.match(/\d+/g)?.map(Number) ?? []
    for (const [index, seconds] of waits.entries()) {
      await attempt(this, type, index + 1, `next in ${seconds} s`)
      await this.bench.pass(seconds * 1_000 - MARGIN_MS)
      assert.equal(attempts(this, type), index + 1, `attempts before ${seconds} s were over`)
      await this.bench.pass(MARGIN_MS)
    }
    await attempt(this, type, waits.length + 1, 'given up')
    await this.bench.pass(3_600_000)
    assert.equal(attempts(this, type), waits.length + 1)
  },
)

Then(
  'the event {string} waits {int} seconds',
  async function (this: TapWorld, type: string, seconds: number) {
    await attempt(this, type, 1, `next in ${seconds} s`)
  },
)

Then('the event {string} has come', async function (this: TapWorld, type: string) {
  assert.equal(attempts(this, type), 1, 'attempts that failed')
  const { rafikiDesk: desk } = this
  const { data } = await desk.event('customer', type, desk.outgoing.id)
  assert.equal(data.state, 'CANCELLED')
})

/** Waits for the note of an attempt that failed. */
async function attempt({ journal }: TapWorld, type: string, number: number, then: string): Promise<void> {
  await journal.until(`attempt ${number} of ${type}, ${then}`, (entry) => {
    const text = noteOf(entry, type)
    return text?.includes(`attempt ${number}:`) === true && text.endsWith(then)
  })
}

function attempts({ journal }: TapWorld, type: string): number {
  return journal.entries.filter((entry) => noteOf(entry, type) !== null).length
}

function noteOf(entry: JournalEntry, type: string): string | null {
  return entry.kind === 'fact' && entry.text.startsWith(`webhook ${type} `) ? entry.text : null
}
