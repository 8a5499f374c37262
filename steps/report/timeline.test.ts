import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APPROVED, because } from '../../protocols/outcome/outcome.ts'
import { sampleTap, sampleTear } from './testing/sample-tap.ts'
import { timeline } from './timeline.ts'

const lines = (text: string) => text.trimEnd().split('\n')

test('a tap is told in the order in which things began, and ends with the word', () => {
  const told = lines(timeline(sampleTap(), { outcome: APPROVED, colours: false }))
  const begins = told.map((line) => /^ *(\d+\.\d{3}) /.exec(line)?.[1]).filter((begin) => begin !== undefined)
  assert.equal(begins.length, sampleTap().length)
  assert.deepEqual(
    begins,
    [...begins].sort((a, b) => Number(a) - Number(b)),
  )
  assert.equal(told.at(-1), 'The terminal shows: Approved')
})

test('a tap fits a screen, with what matters in it', () => {
  const text = timeline(sampleTap(), { outcome: APPROVED, colours: false })
  assert.ok(lines(text).length <= 40, `${lines(text).length} lines`)
  for (const words of [
    'POS → card               READ RECORD SFI 1, record 2 → 9000',
    'PAN 99999901****5678',
    'POS → merchant ASE       POST /payments → 200',
    'HSM                      VerifyArqcAndGenerateArpc with card-42 → ARQC verified',
    'CKM_AES_CMAC · in token',
    '→ customer ASE           webhook outgoing_payment.created → taken',
    'customer ASE             decides: approved',
    'atc 0001 · un 0B37A838 · amount 12.50 EUR · balance before 10000',
    'POST /graphql depositOutgoingPaymentLiquidity → 200',
  ])
    assert.ok(text.includes(words), words)
})

test('what was said before is said once', () => {
  const text = timeline(sampleTap(), { colours: false })
  assert.equal(text.split('from wallet.tapbench.example/alice').length, 2)
})

test('verbose shows every tag, header and body', () => {
  const text = timeline(sampleTap(), { verbose: true, colours: false })
  for (const words of [
    '5A Application Primary Account Number (PAN)  99999901****5678',
    'signature-input: sig1=',
    '"assetCode": "EUR"',
    'Payload\n',
    'Mechanism: CKM_AES_CMAC',
  ])
    assert.ok(text.includes(words), words)
})

test('a failure ends with its word and reason', () => {
  const outcome = because('card_removed', 'before GENERATE AC was answered')
  const told = lines(timeline(sampleTear(), { outcome, colours: false }))
  assert.equal(told.at(-1), 'The terminal shows: Failed  card was removed (before GENERATE AC was answered)')
})

test('colours come only when wanted, and nothing in a journal can steer the terminal', () => {
  const entry = { kind: 'fact', party: 'bench', text: 'a\u001b[2Jb', at: 0 } as const
  assert.equal(timeline([entry], { colours: false }).includes('\u001b'), false)
  const coloured = timeline([entry], { colours: true })
  assert.ok(coloured.includes('a\\u{1b}[2Jb'))
  assert.ok(coloured.includes('\u001b['))
})
