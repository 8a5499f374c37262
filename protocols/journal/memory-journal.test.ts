import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalEvent } from './journal.ts'
import { MemoryJournal } from './memory-journal.ts'
import { SwitchJournal } from './switch-journal.ts'

const fact = (text: string): JournalEvent => ({ kind: 'fact', party: 'bench', text })

test('entries carry whole microseconds since the journal began, in order', () => {
  let now = 5_000_000.25
  const journal = new MemoryJournal(() => now)
  journal.record(fact('first'))
  now += 1_234.5
  journal.record(fact('second'))
  assert.deepEqual(journal.entries, [
    { kind: 'fact', party: 'bench', text: 'first', at: 0 },
    { kind: 'fact', party: 'bench', text: 'second', at: 1_235 },
  ])
})

test('a switch writes into the journal of the moment and drops what belongs to none', () => {
  const [one, two] = [new MemoryJournal(() => 0), new MemoryJournal(() => 0)]
  const journal = new SwitchJournal()
  journal.record(fact('before'))
  journal.to(one)
  journal.record(fact('for one'))
  journal.to(two)
  journal.record(fact('for two'))
  journal.to()
  journal.record(fact('after'))
  assert.deepEqual(
    [one, two].map(({ entries }) => entries),
    [[{ ...fact('for one'), at: 0 }], [{ ...fact('for two'), at: 0 }]],
  )
})
