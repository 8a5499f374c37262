import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalEntry } from '../../../protocols/journal/journal.ts'
import { sequenceDiagram } from './sequence.ts'

const call: JournalEntry = {
  ...{ kind: 'http', from: 'pos', to: 'merchant-ase', method: 'POST', url: 'https://127.0.0.1:1/onboarding' },
  ...{
    status: 403,
    requestHeaders: {},
    requestBody: {},
    responseBody: { refused: 'code_used' },
    us: 10,
    at: 20,
  },
}
const fact: JournalEntry = { kind: 'fact', party: 'merchant-ase', text: 'a <b>word</b>', at: 15 }
const textOf = (journal: readonly JournalEntry[]) => sequenceDiagram(journal)?.text ?? null

test('parties that took part have a line each, calls are arrows, words of one party are notes', () => {
  const svg = textOf([fact, call]) ?? ''
  assert.deepEqual(
    [...svg.matchAll(/class="party"[^>]*>([^<]*)</g)].map(([, name]) => name),
    ['POS', 'merchant ASE'],
  )
  assert.match(svg, /class="http bad"><title>POST \/onboarding → 403/)
  assert.match(svg, /class="fact plain note"><title>a &lt;b&gt;word&lt;\/b&gt;<\/title>/)
})

test('an arrow points to whom it goes, in the order in which calls began', () => {
  const back: JournalEntry = {
    ...call,
    from: 'merchant-ase',
    to: 'pos',
    url: 'https://127.0.0.1:1/back',
    at: 40,
  }
  const svg = textOf([back, call]) ?? ''
  assert.ok(svg.indexOf('/onboarding') < svg.indexOf('/back'))
  assert.deepEqual(
    [...svg.matchAll(/l(-?8) -4v8z/g)].map(([, way]) => way),
    ['-8', '8'],
  )
})

test('nobody spoke to another, or too much was said: no diagram', () => {
  assert.equal(textOf([]), null)
  assert.equal(textOf([fact]), null)
  assert.equal(textOf(Array.from({ length: 41 }, () => call)), null)
})
