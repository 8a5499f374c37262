import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Envelope } from '@cucumber/messages'
import { page } from './html/page.ts'
import { RunReader } from './run/reader.ts'
import type { Run } from './run/run.ts'
import { findSecrets } from './secrets.ts'
import { SAMPLE_COLUMN, sampleRun } from './testing/sample-run.ts'

describe('the report of a run by cucumber itself', () => {
  let written: Awaited<ReturnType<typeof sampleRun>>
  let run: Run
  before(async () => {
    written = await sampleRun()
    run = read(envelopes(written.messages))
  })

  test('every scenario ends with a verdict and its reason', () => {
    const ends = scenarios(run).map(({ name, verdict, reason, attempts }) => [
      name,
      verdict,
      reason,
      attempts,
    ])
    assert.deepEqual(ends, [
      ['pays 12.50 EUR', 'passed', null, 1],
      ['pays 99.00 EUR', 'failed', 'Error: expected Declined, got <Approved>', 1],
      ['a real card', 'skipped', 'needs a card in a real reader', 1],
      ['passes when tried again', 'passed', null, 2],
      ['nobody wrote this step', 'failed', 'undefined: the moon is full', 1],
      ['removed inside GENERATE AC', 'passed', null, 1],
    ])
  })

  test('a scenario keeps its rule, example, steps and journal', () => {
    const [first] = scenarios(run)
    const torn = scenarios(run).at(-1)
    assert.deepEqual(first?.example, [
      ['amount', '12.50 EUR'],
      ['word', 'Approved'],
    ])
    assert.equal(first?.journal.length, 17)
    assert.equal(torn?.rule, 'a torn card pays nothing')
    const steps = torn?.steps.filter(({ keyword }) => keyword !== null) ?? []
    assert.deepEqual(
      steps.map(({ keyword, text, table, notes }) => ({ keyword, text, table, notes })),
      [
        { keyword: 'Given', text: 'a cardholder with 100.00 EUR', table: [], notes: [] },
        { keyword: 'When', text: 'the card is removed', table: [], notes: ['torn <b>here</b>'] },
        {
          keyword: 'Then',
          text: 'no money moves:',
          table: [
            ['account', 'amount'],
            ['alice', '0'],
          ],
          notes: [],
        },
      ],
    )
  })

  test('what the bench is and what could not be read is told', () => {
    assert.deepEqual(
      [...run.bench].map(([name, values]) => [name, ...values]),
      [
        ['profile', 'simulator'],
        ['transport', 'pcsc'],
      ],
    )
    assert.equal(run.problems.length, 1)
    assert.match(run.problems[0] ?? '', /expected an array of journal entries/)
  })

  test('which operations the tokens do where is told once, folded', () => {
    assert.deepEqual(run.hsm, [SAMPLE_COLUMN])
    const [, matrix] = /<details class="matrix">(.*?)<\/details>/s.exec(written.html) ?? []
    assert.match(matrix ?? '', /<th>a token<\/th>/)
    assert.match(matrix ?? '', /<td>Sign ec-p256<\/td><td class="passed">in token<\/td>/)
    const missing = '<td class="failed">not possible: CKM_DES3_CMAC</td>'
    assert.ok(matrix?.includes(missing), matrix)
  })

  test('the formatter writes the same page as can be made of the messages', () => {
    assert.equal(written.html, page(run))
    assert.match(written.junit, /<testsuite /)
  })

  test('the page needs nothing from elsewhere, and text stays text', () => {
    assert.doesNotMatch(written.html, /<(link|img|iframe)|<[^>]*\s(src|href)="(?!#)|url\(|@import/)
    for (const text of [
      'A tap &amp; its &lt;end&gt;',
      'torn &lt;b&gt;here&lt;/b&gt;',
      '&lt;img src=x onerror=alert(1)&gt;',
    ])
      assert.ok(written.html.includes(text), text)
  })

  test('failed scenarios are open, the others are not', () => {
    const opened = [...written.html.matchAll(/<details class="scenario (\w+)"[^>]*?( open)?>/g)]
    assert.deepEqual(
      opened.map(([, verdict, open]) => [verdict, open !== undefined]),
      scenarios(run).map(({ verdict }) => [verdict, verdict === 'failed']),
    )
  })

  test('each trace is text until it is looked at, and there without scripts', () => {
    const traces = [...page(run).matchAll(/<noscript>(.*?)<\/noscript>/gs)].map(([, trace = '']) => trace)
    assert.equal(traces.length, scenarios(run).filter(({ journal }) => journal.length > 0).length)
    for (const trace of traces) assert.match(trace, /^<section class="trace".*<\/section>$/s)
    assert.doesNotMatch(page(run).replace(/<noscript>.*?<\/noscript>/gs, ''), /class="trace"/)
  })

  test('every element that is opened is closed', () => {
    assert.deepEqual(unbalanced(written.html), [])
  })

  test('the page holds no PAN', () => {
    assert.deepEqual(findSecrets(written.html, [{ name: 'the PAN', digits: '9999990100005678' }]), [])
  })

  test('a run that was cut off says so', () => {
    const messages = envelopes(written.messages)
    const cut = read(messages.slice(0, messages.findLastIndex(({ testCaseStarted }) => testCaseStarted) + 1))
    assert.equal(cut.us, null)
    assert.equal(scenarios(cut).at(-1)?.verdict, 'failed')
    assert.equal(scenarios(cut).at(-1)?.reason, 'did not end')
    assert.match(page(cut), /cut off/)
  })
})

test('a run without anything is a page all the same', () =>
  assert.match(page(read([])), /<b>0<\/b> scenarios/))

const envelopes = (ndjson: string): Envelope[] =>
  ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

function read(messages: readonly Envelope[]): Run {
  const reader = new RunReader()
  for (const message of messages) reader.take(message)
  return reader.run()
}

const scenarios = (run: Run) => run.features.flatMap((feature) => feature.scenarios)

const VOID = new Set(['meta', 'input'])

/** Elements that are not closed where they should be. */
function unbalanced(page: string): string[] {
  const stack: string[] = []
  const wrong: string[] = []
  const markup = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
  for (const [, close, name = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
    if (VOID.has(name)) continue
    if (close === '') stack.push(name)
    else if (stack.pop() !== name) wrong.push(name)
  }
  return [...wrong, ...stack]
}
