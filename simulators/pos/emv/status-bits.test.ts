import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeBits } from '../../../protocols/emv/bits.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { newTsi } from './tsi.ts'
import { newTvr, TVR_PLACES, type TvrBit } from './tvr.ts'

test('the journal sees changes, and only changes, in words', () => {
  const journal = new MemoryJournal(() => 0)
  const tvr = newTvr(journal)
  tvr.set('cdaFailed')
  tvr.set('cdaFailed')
  tvr.clear('expired')
  tvr.clear('cdaFailed')
  assert.deepEqual(
    journal.entries.map((entry) => (entry.kind === 'terminal' ? `${entry.step}: ${entry.detail}` : '')),
    ['TVR: 1.3 set: CDA failed (0400000000)', 'TVR: 1.3 cleared: CDA failed (0000000000)'],
  )
})

test('every bit of the TVR has a place of its own and a name in the specification', () => {
  const bits = Object.keys(TVR_PLACES) as TvrBit[]
  const values = bits.map((bit) => {
    const tvr = newTvr(silentJournal)
    tvr.set(bit)
    assert.ok(tvr.has(bit))
    assert.doesNotMatch(describeBits('95', tvr.bytes) ?? '', /byte [1-5] bit|none/, bit)
    return tvr.hex
  })
  assert.equal(new Set(values).size, bits.length)
})

test('the TSI, bit by bit', () => {
  const tsi = newTsi(silentJournal)
  const seen = (
    [
      'odaPerformed',
      'cardholderVerified',
      'cardRiskManaged',
      'issuerAuthenticated',
      'terminalRiskManaged',
      'scriptProcessed',
    ] as const
  ).map((bit) => {
    tsi.set(bit)
    return tsi.hex
  })
  assert.deepEqual(seen, ['8000', 'C000', 'E000', 'F000', 'F800', 'FC00'])
})
