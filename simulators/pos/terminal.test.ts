import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { type CardReader, ReaderError } from '../../hardware/pcsc/reader.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { parsePayload } from '../../protocols/interledger/payload.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { SwitchJournal } from '../../protocols/journal/switch-journal.ts'
import { verifyRequest } from '../../protocols/signatures/http-message.ts'
import { HttpClient } from '../common/http-client.ts'
import { loadTerminalProfile, parseTerminalProfile, type TerminalProfile } from './profile.ts'
import type { Tamper } from './tamper.ts'
import { Terminal } from './terminal.ts'
import {
  AID,
  type Answer,
  directory,
  GENERATE_AC,
  GET_ATC,
  GPO,
  ok,
  RECORD_1,
  RECORD_2,
  type Script,
  ScriptedReader,
  SELECT_AID,
  SELECT_PPSE,
  SEQUENCE,
  SOUND,
  text,
  tlv,
} from './testing/scripted-card.ts'
import { approve, type StubPosApi, startStubPosApi } from './testing/stub-pos-api.ts'

const keys = generateKeyPairSync('ed25519')
const clock = new ManualClock(Date.UTC(2026, 10, 21, 9, 8, 7))
const switched = new SwitchJournal()
const http = new HttpClient({ from: 'pos', clock, journal: switched })
let journal: MemoryJournal
let posApi: StubPosApi
let profile: TerminalProfile
let terminal: Terminal

// Counts up, so that every value of a test is another and known.
let counter = 0
const random = (length: number): Uint8Array =>
  createHash('sha256').update(String(counter++)).digest().subarray(0, length)

before(async () => {
  posApi = await startStubPosApi()
  profile = await loadTerminalProfile('default')
  terminal = newTerminal()
})

after(async () => {
  await http.close()
  await posApi.close()
})

beforeEach(() => {
  journal = new MemoryJournal(() => 0)
  switched.to(journal)
  posApi.requests.length = 0
  posApi.answer = approve
})

function newTerminal(changed: Partial<TerminalProfile> = {}, posApiUrl = posApi.url): Terminal {
  const options = { key: keys.privateKey, posApiUrl, clock, random, journal: switched, http }
  return new Terminal({ ...options, profile: { ...profile, ...changed } })
}

const card = (changes: Script = {}) =>
  new ScriptedReader({ ...SOUND, ...changes }, () => clock.advance(5_000))

const tap = (reader: CardReader, tamper: Tamper = {}, using = terminal) =>
  using.tap({ reader, amount: 1_250n, currency: 'EUR', tamper })

test('an approved tap: the commands, in their order', async () => {
  const reader = card()
  const result = await tap(reader)
  assert.equal(result.outcome.word, 'Approved')
  assert.equal(reader.commands.length, SEQUENCE.length)
  for (const [index, beginning] of SEQUENCE.entries())
    assert.ok(reader.commands[index]?.startsWith(beginning), `${index}: ${reader.commands[index]}`)
  assert.equal(reader.commands[2], '80A80000028300' + '00')
  assert.match(reader.commands[5] ?? '', /^80AEC10095[0-9A-F]{298}00$/)
  assert.deepEqual([reader.connected, reader.disconnected], [1, 1])
})

test('the payload holds what the card signed and what it answered', async () => {
  const reader = card()
  const result = await tap(reader)
  const payload = parsePayload(fromHex(result.payload ?? ''))
  assert.equal(toHex(payload.cdol1Data), reader.commands[5]?.slice(10, -2))
  assert.deepEqual(
    { ...payload, cdol1Data: 0, unpredictableNumber: 0 },
    {
      cid: 0x80,
      atc: fromHex('0007'),
      cryptogram: fromHex('0102030405060708'),
      amount: 1_250n,
      currency: '0978',
      exponent: 2,
      date: fromHex('261121'),
      time: fromHex('090807'),
      receiver: '$shop.tapbench.example/eur',
      pinData: null,
      sender: '$wallet.tapbench.example/alice',
      cdol1Data: 0,
      unpredictableNumber: 0,
    },
  )
})

test('the result tells all of the tap, and no full PAN', async () => {
  const result = await tap(card())
  assert.deepEqual(result.card, {
    aid: AID,
    label: 'Interledger',
    walletAddress: 'https://wallet.tapbench.example/alice',
    pan: '47617390****0010',
  })
  const { unpredictableNumber, ...emv } = result.emv
  assert.match(unpredictableNumber ?? '', /^[0-9A-F]{8}$/)
  assert.deepEqual(emv, { atc: '0007', cid: '80', cryptogram: '0102030405060708' })
  assert.deepEqual(result.amount, { value: '1250', assetCode: 'EUR', assetScale: 2 })
  assert.equal(result.apdus.length, 6)
  assert.ok(!JSON.stringify([result, journal.entries]).includes('4761739001010010'))
})

test('the request is signed, and its members are those of the POS API', async () => {
  const result = await tap(card())
  const [request] = posApi.requests
  assert.ok(request)
  const verdict = await verifyRequest(request, async (id) => (id === profile.id ? keys.publicKey : null))
  assert.ok(verdict.verified)
  assert.equal(verdict.created, clock.now())
  assert.deepEqual(request.json, {
    requestId: result.requestId,
    signature: '0102030405060708',
    payload: result.payload,
    amount: { value: '1250', assetCode: 'EUR', assetScale: 2 },
    senderWalletAddress: 'https://wallet.tapbench.example/alice',
    timestamp: clock.now(),
  })
})

test('currencies of other scales, each to its own wallet address', async () => {
  for (const [currency, numeric, exponent] of [
    ['JPY', '0392', 0],
    ['KWD', '0414', 3],
  ] as const) {
    const { payload, amount } = await terminal.tap({ reader: card(), amount: 7n, currency })
    const signed = parsePayload(fromHex(payload ?? ''))
    assert.deepEqual([signed.currency, signed.exponent, amount?.assetScale], [numeric, exponent, exponent])
    assert.equal(signed.receiver, `$shop.tapbench.example/${currency.toLowerCase()}`)
  }
})

test('a P-256 card, which answers with 72 bytes', async () => {
  const cryptogram = '30'.repeat(72)
  const reader = card({
    [GENERATE_AC]: ok(['77', tlv('9F27', 'C1') + tlv('9F36', '0007') + tlv('9F26', cryptogram)]),
  })
  const result = await tap(reader)
  assert.deepEqual(
    [result.outcome.word, result.emv.cid, result.emv.cryptogram],
    ['Approved', 'C1', cryptogram],
  )
})

/** Other ways of a sound card to say the same: all are approved. */
const VARIANTS: [what: string, script: Script][] = [
  ['no directory: the list of AIDs', { [SELECT_PPSE]: '6A82' }],
  ['the rest of an answer fetched after 61xx', { [GPO]: '6113', '00C0000013': SOUND[GPO] ?? '' }],
  ['the right Le after 6Cxx', { [RECORD_1]: '6C40', [`${RECORD_1}40`]: SOUND[RECORD_1] ?? '' }],
  [
    'GPO in format 1, ATC by GET DATA',
    { [GPO]: ok(['80', '198008010200']), [GET_ATC]: ok(['9F36', '0007']) },
  ],
  [
    'no CDOL1: the one of the profile',
    { [RECORD_1]: ok(['70', tlv('C1', text('$wallet.tapbench.example/alice'))]) },
  ],
  ['no PAN', { [RECORD_2]: ok(['70', tlv('5F24', '301231')]) }],
  [
    'wallet address padded with zeros',
    { [RECORD_1]: ok(['70', tlv('C1', `${text('$wallet.tapbench.example/alice')}0000`)]) },
  ],
]

for (const [what, script] of VARIANTS) {
  test(`approved: ${what}`, async () => {
    const { outcome, emv } = await tap(card(script))
    assert.deepEqual([outcome, emv.atc], [{ word: 'Approved', code: null, reason: null }, '0007'])
  })
}

test('the application with the highest priority is taken, then the next that can be selected', async () => {
  const second = `${AID}02`
  const reader = card({
    [SELECT_PPSE]: directory(
      tlv('4F', 'A0000000031010') + tlv('87', '01'),
      tlv('4F', AID) + tlv('87', '03'),
      tlv('4F', second) + tlv('87', '02'),
    ),
    [`00A404000B${second}`]: '6A82',
  })
  assert.equal((await tap(reader)).outcome.word, 'Approved')
  assert.deepEqual(
    reader.commands.slice(1, 3).map((command) => command.slice(10, -2)),
    [second, AID],
  )
})

test('the PDOL is answered by the rules of data object lists', async () => {
  const pdol = '9F66049F02065F2A029F3704C104' // the last is not the terminal's: zeros
  const reader = card({ [SELECT_AID]: ok(['6F', tlv('84', AID) + tlv('A5', tlv('9F38', pdol))]) })
  const { emv } = await tap(reader)
  const values = `20800000${'000000001250'}0978${emv.unpredictableNumber}00000000`
  assert.equal(reader.commands[2], `80A80000168314${values}00`)
})

const visa = (cdol1: string): Script => ({
  [SELECT_PPSE]: directory(tlv('4F', 'A0000000031010')),
  '00A4040007A0000000031010': ok(['6F', tlv('84', 'A0000000031010') + tlv('A5', tlv('50', text('Other')))]),
  [RECORD_1]: ok(['70', cdol1]),
})

/** What a card says, the word and code it ends with, and what the reason names. */
const ENDS: [what: string, script: Script, code: string, named: RegExp][] = [
  [
    'AAC',
    { [GENERATE_AC]: ok(['77', tlv('9F27', '00') + tlv('9F36', '0007') + tlv('9F26', '0102030405060708')]) },
    'card_declined',
    /AAC/,
  ],
  ['GENERATE AC is refused', { [GENERATE_AC]: '6985' }, 'card_declined', /GENERATE AC: 6985/],
  ['GPO is refused', { [GPO]: '6A81' }, 'card_declined', /GET PROCESSING OPTIONS: 6A81/],
  ['empty directory', { [SELECT_PPSE]: directory() }, 'no_common_application', /./],
  [
    'other applications only',
    { [SELECT_PPSE]: directory(tlv('4F', 'A0000000031010')) },
    'no_common_application',
    /./,
  ],
  ['the AID cannot be selected', { [SELECT_AID]: '6A82' }, 'no_common_application', /./],
  ['the application is not wanted now', { [GPO]: '6985' }, 'no_common_application', /./],
  [
    'TC in place of ARQC',
    { [GENERATE_AC]: ok(['77', tlv('9F27', '40') + tlv('9F36', '0007') + tlv('9F26', '0102030405060708')]) },
    'card_malformed',
    /CID 80 or C1/,
  ],
]

for (const [what, script, code, named] of ENDS) {
  test(`${code}: ${what}`, async () => {
    const reader = card(script)
    const { outcome } = await tap(reader)
    assert.equal(outcome.code, code)
    assert.match(outcome.reason ?? '', named)
    assert.deepEqual([posApi.requests.length, reader.disconnected], [0, 1])
  })
}

test('an application that is not Interledger ends with a clear word', async () => {
  const both = newTerminal({ aids: ['A000000003', AID] })
  for (const cdol1 of [
    tlv('8C', '9F02069F03069F1A0295055F2A029A039C019F3704'),
    tlv('57', '4761739001010010D3012201'),
  ]) {
    const { outcome } = await tap(card(visa(cdol1)), {}, both)
    assert.deepEqual([outcome.word, outcome.code], ['Failed', 'no_common_application'])
  }
})

const MALFORMED: [command: string, answer: Answer, named: RegExp][] = [
  [SELECT_PPSE, '', /at least 2 bytes/],
  [SELECT_PPSE, '90', /at least 2 bytes/],
  [SELECT_PPSE, '9000', /no data/],
  [SELECT_PPSE, '6F0A9000', /6F/],
  [SELECT_PPSE, '6F82FFFF9000', /6F/],
  [SELECT_PPSE, `${'00'.repeat(65_000)}9000`, /at most 256 bytes/],
  [SELECT_PPSE, ok(['6F', tlv('84', '01')]), /A5/],
  [SELECT_PPSE, directory(tlv('4F', 'A0')), /4F/],
  [SELECT_PPSE, directory(tlv('50', '41')), /4F/],
  [SELECT_AID, '9000', /no data/],
  [SELECT_AID, ok(['70', tlv('84', AID)]), /expected one template 6F, got 70/],
  [SELECT_AID, ok(['6F', tlv('84', 'A0000000031010')]), /DF name/],
  [SELECT_AID, ok(['6F', tlv('84', AID) + tlv('A5', tlv('9F38', '9F'))]), /PDOL/],
  [GPO, '9000', /no data/],
  [GPO, '7703820200009000', /82/],
  [GPO, '80029000', /80/],
  [GPO, ok(['80', '1980']), /at least 6 bytes/],
  [GPO, ok(['77', tlv('82', '1980') + tlv('9F36', '0007')]), /94/],
  [GPO, ok(['77', tlv('82', '19') + tlv('94', '08010200')]), /expected 2 bytes in 82/],
  [GPO, ok(['77', tlv('82', '1980') + tlv('94', '080102')]), /94/],
  [GPO, ok(['77', tlv('82', '1980') + tlv('94', '08020100') + tlv('9F36', '0007')]), /AFL/],
  [GPO, ok(['77', tlv('82', '1980') + tlv('94', '08010200') + tlv('9F36', '07')]), /9F36/],
  [GPO, ok(['77', tlv('82', '1980') + tlv('94', '08010200')]), /GET DATA 9F36: 6D00/],
  [GPO, ok(['77', tlv('82', '1980')], ['77', '']), /one template/],
  [RECORD_1, '9000', /no data/],
  [RECORD_1, '6A83', /6A83/],
  [RECORD_1, '70059F9F9F9F9F9000', /tag/],
  [RECORD_1, '710570038C01009000', /71/],
  [RECORD_1, `${'00'.repeat(65_000)}9000`, /at most 256 bytes/],
  [RECORD_1, ok(['70', tlv('8C', '9F36')]), /CDOL1/],
  [RECORD_1, ok(['70', '']), /C1/],
  [RECORD_1, ok(['70', tlv('C1', text('wallet'))]), /payment pointer/],
  [RECORD_1, ok(['70', tlv('C1', '2480FF')]), /printable/],
  [RECORD_2, ok(['70', tlv('C1', text('$wallet.tapbench.example/bob'))]), /C1 .* twice/],
  [RECORD_2, ok(['70', tlv('5A', '47617390010100A0')]), /5A/],
  [GENERATE_AC, '9000', /no data/],
  [GENERATE_AC, '77079F27019000', /77/],
  [GENERATE_AC, '77059F2701809000', /77/],
  [GENERATE_AC, ok(['77', tlv('9F27', '80')]), /9F36/],
  [
    GENERATE_AC,
    ok(['77', tlv('9F27', '80') + tlv('9F36', '0007') + tlv('9F26', '0102')]),
    /expected 8 bytes in 9F26/,
  ],
  [
    GENERATE_AC,
    ok(['77', tlv('9F27', 'C1') + tlv('9F36', '0007') + tlv('9F26', '0102030405060708')]),
    /expected 72 bytes in 9F26/,
  ],
  [GENERATE_AC, '6100', /more than 8 answers of 61xx/],
]

for (const [command, answer, named] of MALFORMED) {
  test(`breaks the specification: ${command.slice(0, 8)} answered with ${answer.slice(0, 40) || 'nothing'}`, async () => {
    const reader = card({ [command]: answer, '00C00000': '6100' })
    const { outcome } = await tap(reader)
    assert.deepEqual([outcome.word, outcome.code], ['Failed', 'card_malformed'])
    assert.match(outcome.reason ?? '', named)
    assert.deepEqual([posApi.requests.length, reader.disconnected], [0, 1])
  })
}

for (const [index, command] of SEQUENCE.entries()) {
  test(`card removed at command ${index + 1}`, async () => {
    const reader = card({ [command]: 'removed' })
    const { outcome, apdus } = await tap(reader)
    assert.equal(outcome.code, 'card_removed')
    assert.match(outcome.reason ?? '', /before it answered/)
    assert.deepEqual([reader.disconnected, apdus.length, apdus.at(-1)?.response], [1, index + 1, null])
  })

  test(`card mute at command ${index + 1}: given up after 5 s`, async () => {
    const reader = card({ [command]: 'silent' })
    const { outcome } = await tap(reader)
    assert.equal(outcome.code, 'card_removed')
    assert.match(outcome.reason ?? '', /within 5000 ms/)
    assert.equal(reader.disconnected, 1)
  })
}

test('no card comes', async () => {
  const { outcome, apdus } = await tap(new ScriptedReader('no card'))
  assert.deepEqual([outcome.code, apdus.length], ['card_removed', 0])
})

test('a reader that never lets go of the card does not hold the tap', async () => {
  const reader: CardReader = {
    name: 'stuck',
    connect: async () => ({
      atr: new Uint8Array(),
      transmit: async () => fromHex('6A82'),
      disconnect: () => {
        setImmediate(() => clock.advance(5_000))
        return new Promise(() => undefined)
      },
    }),
  }
  assert.equal((await tap(reader)).outcome.code, 'no_common_application')
})

test('a reader that breaks is an error, not an outcome', async () => {
  const broken: CardReader = {
    name: 'broken',
    connect: async () => {
      throw new ReaderError('expected a reader, got none: plug it in')
    },
  }
  await assert.rejects(tap(broken), ReaderError)
})

test('whatever a card answers, the tap ends with a word', async () => {
  const commands = fc.constantFrom(...SEQUENCE)
  const answers = fc.uint8Array({ maxLength: 300 })
  await fc.assert(
    fc.asyncProperty(commands, answers, fc.boolean(), async (command, bytes, good) => {
      const answer = toHex(bytes) + (good ? '9000' : '')
      const { outcome } = await tap(card({ [command]: answer }))
      assert.ok(['Approved', 'Declined', 'Failed'].includes(outcome.word))
    }),
    { numRuns: 300, seed: 20_261_121 },
  )
})

const ANSWERS: [what: string, answer: StubPosApi['answer'], code: string, named: RegExp][] = [
  [
    'declined',
    ({ requestId }) =>
      json({ requestId, outcome: 'Declined', code: 'balance_too_low', reason: 'balance is too low' }),
    'balance_too_low',
    /^balance is too low$/,
  ],
  [
    'failed with 401',
    () =>
      json(
        { requestId: null, outcome: 'Failed', code: 'request_replayed', reason: 'request was sent before' },
        401,
      ),
    'request_replayed',
    /sent before/,
  ],
  [
    'no JSON',
    () => ({ status: 502, body: '<html>bad gateway</html>' }),
    'pos_api_malformed',
    /HTTP 502: <html>/,
  ],
  [
    'an unknown word',
    ({ requestId }) => json({ requestId, outcome: 'Perhaps' }),
    'pos_api_malformed',
    /Perhaps/,
  ],
  [
    'declined without a code',
    ({ requestId }) => json({ requestId, outcome: 'Declined', code: null, reason: null }),
    'pos_api_malformed',
    /Declined/,
  ],
  [
    'approval of another request',
    () => json({ requestId: 'x', outcome: 'Approved', code: null, reason: null }),
    'pos_api_malformed',
    /Approved/,
  ],
  [
    'approval with 500',
    ({ requestId }) => json({ requestId, outcome: 'Approved', code: null, reason: null }, 500),
    'pos_api_malformed',
    /HTTP 500/,
  ],
  ['connections that break', () => null, 'pos_api_unreachable', /./],
]

function json(body: object, status = 200) {
  return { status, body: JSON.stringify(body) }
}

for (const [what, answer, code, named] of ANSWERS) {
  test(`POS API answers ${what}: ${code}`, async () => {
    posApi.answer = answer
    const { outcome } = await tap(card())
    assert.equal(outcome.code, code)
    assert.match(outcome.reason ?? '', named)
  })
}

test('POS API is silent: given up after a minute', async () => {
  posApi.answer = () => {
    setImmediate(() => clock.advance(60_000))
    return 'silent'
  }
  assert.equal((await tap(card())).outcome.code, 'pos_api_unreachable')
  assert.equal(posApi.requests.length, 1)
})

test('nobody listens', async () => {
  const { outcome } = await tap(card(), {}, newTerminal({}, 'http://127.0.0.1:1'))
  assert.equal(outcome.code, 'pos_api_unreachable')
})

test('an answer that got lost is asked for again: same request id, another nonce', async () => {
  posApi.answer = (body) => (posApi.requests.length === 1 ? null : approve(body))
  assert.equal((await tap(card())).outcome.word, 'Approved')
  const [first, second] = posApi.requests
  assert.equal(first?.body, second?.body)
  assert.notEqual(first?.headers['signature-input'], second?.headers['signature-input'])
})

test('a former request can be repeated with a fresh signature', async () => {
  const { request } = await tap(card())
  assert.ok(request)
  assert.equal((await terminal.repeat(request)).word, 'Approved')
  assert.equal(posApi.requests[0]?.body, posApi.requests[1]?.body)
  assert.notEqual(posApi.requests[0]?.headers.signature, posApi.requests[1]?.headers.signature)
})

const verdictOf = async () => {
  const [request] = posApi.requests
  assert.ok(request)
  return verifyRequest(request, async () => keys.publicKey)
}
const sent = () => posApi.requests[0]?.json ?? {}
const signedByCard = () => parsePayload(fromHex(String(sent().payload)))

/** What a tamper changes, and only that. */
const TAMPERS: [what: string, tamper: Tamper, check: () => Promise<unknown> | unknown][] = [
  [
    'amount',
    { amount: 4_900n },
    () =>
      assert.deepEqual(
        [sent().amount, signedByCard().amount],
        [{ value: '4900', assetCode: 'EUR', assetScale: 2 }, 1_250n],
      ),
  ],
  [
    'currency',
    { currency: 'JPY' },
    () =>
      assert.deepEqual(
        [sent().amount, signedByCard().currency],
        [{ value: '1250', assetCode: 'JPY', assetScale: 0 }, '0978'],
      ),
  ],
  [
    'sender',
    { senderWalletAddress: 'https://wallet.tapbench.example/bob' },
    () =>
      assert.deepEqual(
        [sent().senderWalletAddress, signedByCard().sender],
        ['https://wallet.tapbench.example/bob', '$wallet.tapbench.example/alice'],
      ),
  ],
  [
    'receiver',
    { receiver: 'https://shop.tapbench.example/another' },
    () => assert.equal(signedByCard().receiver, '$shop.tapbench.example/another'),
  ],
  [
    'unpredictable number',
    { unpredictableNumber: fromHex('0B37A838') },
    () => assert.equal(toHex(signedByCard().unpredictableNumber), '0B37A838'),
  ],
  [
    'transaction date',
    { transactionClockMs: -3 * 86_400_000 },
    () => assert.equal(toHex(signedByCard().date), '261118'),
  ],
  [
    'card data',
    { cardData: { payload: 'AA', signature: 'BB' } },
    () => assert.deepEqual([sent().payload, sent().signature], ['AA', 'BB']),
  ],
]

for (const [what, tamper, check] of TAMPERS) {
  test(`tampering with the ${what} leaves the request's signature right`, async () => {
    clock.advance(Date.UTC(2026, 10, 21, 12) - clock.now())
    await tap(card(), tamper)
    await check()
    assert.equal((await verdictOf()).verified, true)
  })
}

test('tampering with the signature: another key, an altered body, a skewed clock, a former nonce', async () => {
  const refusal = async (tamper: Tamper) => {
    posApi.requests.length = 0
    await tap(card(), tamper)
    const verdict = await verdictOf()
    return verdict.verified ? verdict : verdict.reason
  }
  assert.equal(await refusal({ signingKey: generateKeyPairSync('ed25519').privateKey }), 'signature')
  assert.equal(await refusal({ alteredBody: { timestamp: 1 } }), 'digest')
  const created = Math.floor((clock.now() - 600_000) / 1000) * 1000
  const skewed = await refusal({ requestClockMs: -600_000 })
  assert.equal(typeof skewed === 'object' && skewed.created, created)
  const nonce = await refusal({ nonce: 'n-1' })
  assert.equal(typeof nonce === 'object' && nonce.nonce, 'n-1')
})

test('a currency without a wallet address is declined before any card is asked for', async () => {
  const reader = card()
  const { outcome } = await terminal.tap({ reader, amount: 1n, currency: 'GBP' })
  assert.deepEqual([outcome.word, outcome.code, reader.connected], ['Declined', 'merchant_currency', 0])
})

test('an amount or currency that does not exist is an error', async () => {
  await assert.rejects(terminal.tap({ reader: card(), amount: 0n, currency: 'EUR' }), RangeError)
  await assert.rejects(terminal.tap({ reader: card(), amount: 10n ** 12n, currency: 'EUR' }), RangeError)
  await assert.rejects(terminal.tap({ reader: card(), amount: 1n, currency: 'XXQ' }), TypeError)
})

test('the journal has every APDU and every decision of the terminal', async () => {
  await tap(card())
  assert.equal(journal.entries.filter(({ kind }) => kind === 'apdu').length, 6)
  const steps = journal.entries.filter((entry) => entry.kind === 'terminal').map(({ step }) => step)
  assert.deepEqual(steps, [
    'Candidate list',
    'Final selection',
    'Initiate application processing',
    'Read application data',
    'Card action analysis',
    'Online processing',
    'Completion',
  ])
})

test('a wrong profile names the file and the key', async () => {
  const faults: [string, object, RegExp][] = [
    ['country', { country: '276' }, /country: expected 2 bytes/],
    ['aids', { aids: [] }, /aids/],
    ['wallet', { wallets: { EUR: 'http://shop.example' } }, /wallets\.EUR: expected https/],
    ['long wallet', { wallets: { EUR: `https://shop.example/${'a'.repeat(60)}` } }, /at most 64/],
    ['unknown key', { colour: 'red' }, /colour/],
    ['format 4 of TDES', { dukpt: 'TDES' }, /pinBlockFormat: expected 0/],
  ]
  for (const [what, changed, named] of faults)
    assert.throws(
      () => parseTerminalProfile({ ...profile, ...changed }, 'shop.yaml'),
      (error: Error) => {
        assert.match(error.message, /^shop\.yaml: /, what)
        assert.match(error.message, named, what)
        return true
      },
    )
  await assert.rejects(loadTerminalProfile('nothing'), /"nothing"/)
})
