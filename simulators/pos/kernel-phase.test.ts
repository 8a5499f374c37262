import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { CardRemovedError } from '../../hardware/pcsc/reader.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../common/http-client.ts'
import { PAN } from './contact/testing/keys.ts'
import { readerOf } from './contact/testing/run-kernel.ts'
import { AID, type CardChanges, TestCard } from './contact/testing/test-card.ts'
import { interfaceOf } from './emv/interface.ts'
import { loadTerminalProfile } from './profile.ts'
import type { TapResult } from './tap-result.ts'
import { type TapRequest, Terminal } from './terminal.ts'
import { type Script, ScriptedReader, SOUND } from './testing/scripted-card.ts'

const clock = new ManualClock(Date.UTC(2026, 10, 21, 9, 8, 7))
const { privateKey: key } = generateKeyPairSync('ed25519')

/** A tap at the terminal of fixtures/terminals/contact.yaml; nobody answers at the POS API. */
async function tap(request: Pick<TapRequest, 'reader'> & Partial<TapRequest>): Promise<TapResult> {
  const http = new HttpClient({ from: 'pos', clock, journal: silentJournal })
  try {
    const terminal = new Terminal({
      profile: await loadTerminalProfile('contact'),
      key,
      posApiUrl: 'http://127.0.0.1:1',
      clock,
      // Draws 58 of 99: no random selection under the threshold.
      random: (length) => new Uint8Array(length).fill(0x01),
      journal: silentJournal,
      http,
    })
    return await terminal.tap({ amount: 950n, currency: 'EUR', ...request })
  } finally {
    await http.close()
  }
}

const contactCard = (changes: CardChanges = {}) =>
  readerOf(new TestCard({ aip: '3800', oda: 'DDA', ...changes }))

test('a chip card that decides offline', async () => {
  const { outcome, kernel, card, emv, request } = await tap({ reader: contactCard() })
  assert.deepEqual(outcome, { word: 'Approved', code: null, reason: null })
  assert.deepEqual(kernel, {
    name: 'contact',
    outcome: 'Approved',
    reason: 'approved offline',
    tvr: '0000000000',
    tsi: 'E800',
    cvmResults: '1F0002',
    scriptResults: [],
    contactless: null,
  })
  assert.deepEqual([card.aid, card.label, card.pan], [AID, 'TEST', `${PAN.slice(0, 8)}****${PAN.slice(-4)}`])
  assert.deepEqual([emv.cid, emv.atc, emv.cryptogram], ['40', '0005', 'A1A2A3A4A5A6A7A8'])
  assert.equal(request, null)
})

test('a chip card that has to go online is not known to an issuer', async () => {
  const { outcome, kernel } = await tap({ reader: contactCard({ first: () => 0x80 }) })
  assert.deepEqual(outcome, {
    word: 'Declined',
    code: 'issuer_unknown',
    reason: 'card is not known to an issuer',
  })
  assert.equal(kernel?.outcome, 'Declined')
})

test('a bench may have an issuer, a cardholder with a PIN, and cashback', async () => {
  const objects = { '8E': '00000000000000000105' }
  const { outcome, kernel } = await tap({
    reader: contactCard({ first: () => 0x80, objects }),
    emv: {
      online: async () => ({
        decision: 'approve',
        responseCode: '00',
        issuerAuthenticationData: null,
        scripts: [],
        code: null,
      }),
      cardholder: { offlinePin: async () => ({ kind: 'entered', pin: '1234' }) },
      transaction: { type: 0x09, amountOther: 100n },
    },
  })
  assert.equal(outcome.word, 'Approved')
  assert.equal(kernel?.cvmResults, '010502')
})

test('a card that answers wrongly: an outcome, with what the kernel found', async () => {
  const { outcome, kernel } = await tap({ reader: contactCard({ objects: { '8D': null } }) })
  assert.equal(outcome.code, 'card_malformed')
  assert.match(outcome.reason ?? '', /8D .* it is missing/)
  assert.equal(kernel?.outcome, 'EndApplication')
})

test('an Interledger card keeps its flow, also with contacts', async () => {
  for (const atr of ['3B80800101', '3B6500002063CB6A00']) {
    const { outcome, kernel, request } = await tap({ reader: withAtr(SOUND, atr) })
    assert.equal(outcome.code, 'pos_api_unreachable')
    assert.equal(kernel, null)
    assert.ok(request)
  }
})

test('a contact card that leaves before it answers', async () => {
  for (const command of ['00A4', '80A8', '00B2', '0088', '80AE']) {
    const card = new TestCard({ aip: '3800', oda: 'DDA' })
    const reader = readerOf({
      transmit: (bytes) => {
        if (toHex(bytes).startsWith(command)) throw new CardRemovedError('card was removed')
        return card.transmit(bytes)
      },
    })
    const { outcome } = await tap({ reader })
    assert.deepEqual([outcome.word, outcome.code], ['Failed', 'card_removed'], command)
  }
})

/** The scripted card with another answer to reset. */
function withAtr(script: Script, atr: string): TapRequest['reader'] {
  const reader = new ScriptedReader(script)
  return { name: reader.name, connect: async () => ({ ...(await reader.connect()), atr: fromHex(atr) }) }
}

describe('interface of an answer to reset', () => {
  const table: [atr: string, name: string][] = [
    ['3B80800101', 'contactless'],
    ['3B8580018073C601407000', 'contactless'],
    ['3B8F8001804F0CA000000306030001000000006A', 'contactless'],
    ['3B6500002063CB6A00', 'contact'],
    ['3B8081', 'contact'],
    ['3F', 'contact'],
    ['', 'contact'],
  ]
  for (const [atr, name] of table)
    test(`${atr || 'none'}: ${name}`, () => assert.equal(interfaceOf(fromHex(atr)), name))
})
