import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { CardReader } from '../../../hardware/pcsc/reader.ts'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { HttpClient } from '../../common/http-client.ts'
import { loadTerminalProfile } from '../profile.ts'
import type { TapResult } from '../tap-result.ts'
import { Terminal } from '../terminal.ts'
import { ScriptedReader, SOUND } from '../testing/scripted-card.ts'
import { type StubPosApi, startStubPosApi } from '../testing/stub-pos-api.ts'
import { counting } from './testing/run-card.ts'
import { EMV_CARD, GENERATE_AC, generate, TestCard } from './testing/test-card.ts'

const clock = new ManualClock(Date.UTC(2026, 10, 21))
const journal = new MemoryJournal(() => 0)
const http = new HttpClient({ from: 'pos', clock, journal })
let posApi: StubPosApi

before(async () => {
  posApi = await startStubPosApi()
})
after(async () => {
  await http.close()
  await posApi.close()
})

async function tap(reader: CardReader, amount = 1000n): Promise<TapResult> {
  const profile = await loadTerminalProfile('contactless')
  const key = generateKeyPairSync('ed25519').privateKey
  const options = { profile, key, posApiUrl: posApi.url, clock, random: counting(), journal, http }
  return new Terminal(options).tap({ reader, amount, currency: 'EUR' })
}

test('a card that wants its issuer is declined: no issuer of the bench knows it', async () => {
  const { outcome, kernel, card } = await tap(
    new TestCard(EMV_CARD, { [GENERATE_AC]: generate({ cid: 0x80 }) }),
  )
  assert.deepEqual([outcome.word, outcome.code], ['Declined', 'issuer_unknown'])
  assert.equal(kernel?.name, 'contactless')
  // The key of its authority is not among the terminal's.
  assert.equal(kernel?.tvr, '0400000001')
  assert.equal(card.pan, '54133300****0434')
})

test('a card that is refused by limits says so', async () => {
  const { outcome } = await tap(new TestCard(EMV_CARD), 30001n)
  assert.deepEqual([outcome.word, outcome.code], ['Declined', 'terminal_declined'])
})

test('a card that leaves has to be shown again', async () => {
  const { outcome, kernel } = await tap(new TestCard(EMV_CARD, { [GENERATE_AC]: 'removed' }))
  assert.deepEqual([outcome.word, outcome.code, kernel?.outcome], ['Failed', 'card_removed', 'TryAgain'])
})

test('an Interledger card keeps its own flow', async () => {
  const { outcome, card } = await tap(new ScriptedReader(SOUND))
  assert.equal(outcome.word, 'Approved')
  assert.equal(card.walletAddress, 'https://wallet.tapbench.example/alice')
})
