import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../../fixtures/vectors/apdu-transcripts.json' with { type: 'json' }
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'
import { CardSession } from '../card-session.ts'
import { loadCaKeys } from '../emv/ca-keys.ts'
import { silentCardholder } from '../emv/cardholder.ts'
import type { KernelOutcome } from '../emv/kernel-result.ts'
import { buildCandidateList, type Candidate, type Selection } from './candidate-list.ts'
import { type FinalSelection, selectCandidate } from './final-selection.ts'
import type { ContactApplication } from './settings.ts'
import { type RunOptions, readerOf, runKernel, terminalOf } from './testing/run-kernel.ts'
import { type Exchange, TranscriptCard } from './testing/transcript-card.ts'

interface Vector {
  id: string
  title: string
  exchange: Exchange[]
  setupExchange: Exchange[]
  selectIndex: number
  afl: string
  result: string
}

/** Every vector of a kind, with what this test reads of it. */
function vectorsOf(kind: string): Vector[] {
  return file.vectors
    .filter((vector) => vector.kind === kind)
    .map((vector) => ({
      id: vector.id,
      title: vector.title ?? '',
      exchange: vector.exchange,
      setupExchange: vector.setupExchange ?? [],
      selectIndex: vector.selectIndex ?? 0,
      afl: vector.afl ?? '',
      result: (vector.conclude as { result?: string } | undefined)?.result ?? '',
    }))
}

// As the notes of the file have it.
const AIDS = ['A0000000031010', 'A0000000032010', 'A0000000032020', 'A0000000041010', 'A0000000043060']
const EXACT = ['A0000000032010', 'A0000000032020']

const application = (aid: string, version = '0002') => ({
  aid,
  partial: !EXACT.includes(aid),
  version,
  actionCodes: { denial: '0000000000', online: '0000000000', default: '0000000000' },
  floorLimit: 100_000,
  randomSelection: { target: 0, maximum: 0, threshold: 0 },
})

async function selectionOf(card: TranscriptCard): Promise<Selection> {
  const { contact } = await terminalOf({ applications: AIDS.map((aid) => application(aid)) })
  const applications: readonly ContactApplication[] = contact?.applications ?? []
  const options = { clock: new ManualClock(), journal: new MemoryJournal(() => 0), waitMs: 1, apduMs: 1 }
  const session = await CardSession.open(readerOf(card), options)
  if (!session.done) throw new Error('expected a card in the reader of the test, there is none')
  return { session: session.value, applications, note: () => undefined }
}

describe('candidate list, Book 1, 12.3', () => {
  const vectors = vectorsOf('step-build-candidate-list')
  test('there are vectors', () => assert.equal(vectors.length, 9))
  for (const { title, exchange, result } of vectors) {
    test(title, async () => {
      const card = new TranscriptCard(exchange)
      const listed = await buildCandidateList(await selectionOf(card))
      assert.equal(card.left, 0)
      if (result === 'card_blocked')
        return assert.equal(listed.done ? null : listed.outcome.code, 'card_blocked')
      assert.ok(listed.done)
      assert.equal(listed.value.length > 0, result === 'ok')
    })
  }

  test('names, priority and confirmation of what was found', async () => {
    const found = async (id: string): Promise<Candidate[]> => {
      const vector = vectors.find((other) => other.id.endsWith(id))
      const listed = await buildCandidateList(await selectionOf(new TranscriptCard(vector?.exchange ?? [])))
      return listed.done ? listed.value : []
    }
    const names = (candidates: Candidate[]) => candidates.map(({ aid, priority }) => `${aid}/${priority}`)
    assert.deepEqual(names(await found('-8')), ['A0000000032020/1', 'A0000000032010/2'])
    assert.deepEqual(names(await found('-9')), ['A0000000032020/1', 'A0000000032010/2'])
    assert.deepEqual(names(await found('-10')), ['A000000004101010/1', 'A000000004101020/2'])
    assert.deepEqual(
      (await found('-12')).map(({ needsConfirmation }) => needsConfirmation),
      [true],
    )
  })
})

describe('final selection, Book 1, 12.4', () => {
  const vectors = vectorsOf('step-select-application')
  test('there are vectors', () => assert.equal(vectors.length, 6))
  for (const { id, title, exchange, setupExchange, selectIndex, result } of vectors) {
    test(title, async () => {
      const selection = await selectionOf(new TranscriptCard(setupExchange))
      const listed = await buildCandidateList(selection)
      assert.ok(listed.done)
      // The source takes the application chosen before off its list: what is left is what the vector selects.
      const [asked = ''] = exchange.map(({ command }) => command.slice(10, 26))
      const candidate = listed.value.find(({ aid }) => aid === asked)
      assert.ok(candidate, `${id}: ${asked} of ${listed.value.map(({ aid }) => aid)}, index ${selectIndex}`)
      const { session, note } = await selectionOf(new TranscriptCard(exchange))
      const final: FinalSelection = {
        session,
        note,
        cardholder: silentCardholder,
        cardholderSelection: false,
      }
      const selected = await selectCandidate(candidate, final)
      const seen = selected.done ? (selected.value === null ? 'refused' : 'ok') : selected.outcome.code
      assert.equal(seen, SELECTED[result])
    })
  }
})

/** The source's results in our words; whether one may try again depends on the list alone. */
const SELECTED: Readonly<Record<string, string>> = {
  ok: 'ok',
  try_again: 'refused',
  not_accepted: 'refused',
  card_error: 'card_malformed',
  card_blocked: 'card_blocked',
}

const AID = 'A0000000031010'

/** A card that is selected without more, and then does what a vector says. */
function cardWith(exchange: readonly Exchange[], pdol = ''): TranscriptCard {
  const proprietary = encodeTlv('A5', pdol === '' ? [] : [encodeTlv('9F38', fromHex(pdol))])
  const fci = encodeTlv('6F', [encodeTlv('84', fromHex(AID)), proprietary])
  const select = { command: `00A4040007${AID}00`, response: `${toHex(fci)}9000` }
  return new TranscriptCard([select, select, ...exchange])
}

const ONE = { applications: [application(AID)] }

describe('initiate application processing, Book 3, 10.1', () => {
  const vectors = new Map(
    vectorsOf('step-initiate-application-processing').map((vector) => [vector.id.slice(-1), vector]),
  )
  test('there are vectors', () => assert.equal(vectors.size, 3))

  test('no PDOL, response of format 1', async () => {
    const card = cardWith(vectors.get('1')?.exchange ?? [])
    const { result } = await runKernel(card, ONE)
    assert.equal(toHex(result.data.require('82')), '7800')
    assert.equal(toHex(result.data.require('94')), '080202001001040018010201')
    assert.match(result.reason, /READ RECORD 2 of SFI 1/)
  })

  test('PDOL data as the vector has them; 6985 takes the application off the list', async () => {
    const exchange = vectors.get('3')?.exchange ?? []
    const card = cardWith(exchange, '9F3303')
    const { result } = await runKernel(card, { ...ONE, emv: { capabilities: '60F0C8' } })
    assert.ok(card.commands.includes(exchange[0]?.command ?? ''))
    assert.equal(result.code, 'no_common_application')
  })

  test('a PDOL that cannot be read: no GET PROCESSING OPTIONS', async () => {
    const card = cardWith(vectors.get('5')?.exchange ?? [], '9F3303039F1A')
    const { result } = await runKernel(card, ONE)
    assert.equal(result.code, 'card_malformed')
    assert.ok(card.commands.every((command) => !command.startsWith('80A8')))
  })
})

describe('read application data, Book 3, 10.2', () => {
  const vectors = vectorsOf('step-read-application-data')
  test('there are vectors', () => assert.equal(vectors.length, 7))
  /** What ends the transaction; after good data, that the card of the vector has no more to say. */
  const reasons: Readonly<Record<string, RegExp>> = {
    emv_tal_error_afl_invalid: /AFL entry 1/,
    emv_tal_error_read_record_failed: /READ RECORD 2 of SFI 1: 6985/,
    emv_tal_error_read_record_invalid: /READ RECORD 2 of SFI 1: expected nothing before or after template 70/,
    emv_tal_error_read_record_parse_failed: /READ RECORD 2 of SFI 1: BER-TLV/,
    card_error: /once, got it twice|is missing/,
    ok: /GENERATE AC/,
  }
  for (const { title, afl, exchange, result: wanted } of vectors) {
    test(title, async () => {
      const options = toHex(encodeTlv('80', fromHex(`0000${afl}`)))
      const card = cardWith([{ command: '80A8000002830000', response: `${options}9000` }, ...exchange])
      const { result } = await runKernel(card, ONE)
      assert.equal(result.code, 'card_malformed')
      assert.match(result.reason, reasons[wanted] ?? /^$/)
      assert.equal(card.left, 0)
    })
  }
})

interface Session extends RunOptions {
  id: string
  aid: string
  version: string
  /** YYMMDD. */
  date: string
  outcome: KernelOutcome
  tvr: string
  tsi: string
  cvmResults: string
  /** The last one. */
  cryptogram: string
}

/** Recorded cards, at the terminal that they met as far as the records tell; what was signed in them stays true. */
const SESSIONS: readonly Session[] = [
  {
    id: 'card-contact-visa',
    aid: 'A0000000031010',
    version: '008C',
    date: '120316',
    emv: { capabilities: 'E028C8' },
    outcome: 'Approved',
    // No offline data authentication; issuer authentication of a wrong length.
    tvr: '8000000040',
    tsi: '7800',
    cvmResults: '1E0300',
    cryptogram: 'BB31D191BCED0CF2',
  },
  {
    id: 'card-contact-mastercard',
    aid: 'A0000000041010',
    version: '0002',
    date: '120316',
    emv: { capabilities: 'E0F880' },
    outcome: 'Declined',
    // SDA with a key and certificates of the scheme's test cards.
    tvr: '0200000000',
    tsi: 'E800',
    cvmResults: '5E0300',
    cryptogram: 'C74D18B08248FEFC',
  },
  {
    id: 'card-contact-upi',
    aid: 'A0000003330101',
    version: '0020',
    date: '150316',
    outcome: 'Approved',
    // The key of the scheme is not at hand: DDA fails.
    tvr: '0800000040',
    tsi: 'F800',
    cvmResults: '5E0300',
    cryptogram: 'E5869B494D460AB4',
  },
  {
    id: 'card-emvpt',
    aid: 'AFFFFFFFFF',
    version: '0096',
    date: '200724',
    outcome: 'Approved',
    // DDA of the recorded signature; the application had expired.
    tvr: '0040000000',
    tsi: 'F800',
    cvmResults: '440302',
    cryptogram: 'B0189101D11416C1',
  },
]

describe('whole sessions of recorded cards', () => {
  for (const { id, aid, version, date, outcome, tvr, tsi, cvmResults, cryptogram, ...options } of SESSIONS) {
    test(id, async () => {
      const vector = file.vectors.find((other) => other.id === id)
      const exchange = vector?.exchange ?? []
      // A session that began with the selection of the application: the terminal asks once more, for its candidate list.
      const [first] = exchange.filter(({ command }) => command.slice(10).startsWith(aid))
      const card = new TranscriptCard(first === undefined ? exchange : [first, ...exchange])
      const { result } = await runKernel(card, {
        ...options,
        type: '21',
        applications: [application(aid, version)],
        transaction: { date: fromHex(date) },
        caKeys: await loadCaKeys(['ca-keys-schemes']),
        cardholder: { offlinePin: async () => ({ kind: 'entered', pin: '1234' }) },
        online: { issuerAuthenticationData: fromHex('1122334455667788') },
      })
      const { ac } = result.cryptogram ?? {}
      assert.deepEqual(
        [result.outcome, result.tvr, result.tsi, result.cvmResults, ac],
        [outcome, tvr, tsi, cvmResults, cryptogram],
        result.reason,
      )
    })
  }
})

/** Recorded GENERATE ACs with CDA: the terminal has to send the very command of the record, or the card's signature would not be right. */
const SIGNED: readonly (RunOptions & {
  id: string
  generateAc: string
  date: string
  unpredictableNumber: string
  amount: bigint
  tvr: string
  tsi: string
  cryptogramType: string
})[] = [
  {
    id: 'card-contactless-mastercard',
    generateAc: '80AE50002B',
    type: '22',
    applications: [{ ...application('A0000000041010'), floorLimit: 20_000 }],
    date: '120315',
    unpredictableNumber: '000EEC85',
    amount: 10_001n,
    tvr: '0000000000',
    tsi: 'E800',
    cryptogramType: '40',
  },
  {
    id: 'card-amex-cda',
    generateAc: '80AE90001D',
    // What the reader of the record said it was.
    type: 'EA',
    applications: [
      {
        ...application('A000000025010403', '0001'),
        floorLimit: 0,
        randomSelection: { target: 0, maximum: 0, threshold: 0 },
      },
    ],
    cardholder: { onlinePin: async () => ({ kind: 'entered', pinData: new Uint8Array(8) }) },
    date: '141031',
    unpredictableNumber: '327273B9',
    amount: 12_000n,
    tvr: '0000048000',
    tsi: 'E800',
    cryptogramType: '80',
  },
]

/** Records that the AFL names and the reader of then left out; nothing signed is in them. */
const NOT_RECORDED: readonly Exchange[] = ['00B2010C00', '00B2021C00'].map((command) => ({
  command,
  response: '70009000',
}))

describe('recorded signatures of GENERATE AC, Book 2, 6.6', () => {
  for (const { id, generateAc, date, unpredictableNumber, amount, ...expected } of SIGNED) {
    const { tvr, tsi, cryptogramType, ...options } = expected
    test(id, async () => {
      const vector = file.vectors.find((other) => other.id === id)
      const exchange = vector?.exchange ?? []
      const select = exchange.filter(
        ({ command }) => command.startsWith('00A4040007') || command.startsWith('00A4040008'),
      )
      const card = new TranscriptCard([...select, ...exchange, ...NOT_RECORDED])
      const { result } = await runKernel(card, {
        ...options,
        country: '0036',
        transaction: {
          amount,
          currency: { code: 'AUD', numeric: '0036', exponent: 2 },
          date: fromHex(date),
          unpredictableNumber: fromHex(unpredictableNumber),
        },
        caKeys: await loadCaKeys(['ca-keys-schemes']),
      })
      const recorded = exchange.find(({ command }) => command.startsWith(generateAc))
      assert.equal(
        card.commands.find((command) => command.startsWith('80AE')),
        recorded?.command,
        result.reason,
      )
      assert.deepEqual(
        [result.tvr, result.tsi, result.cryptogram?.cid],
        [tvr, tsi, cryptogramType],
        result.reason,
      )
      assert.ok(result.data.has('9F4C'), 'the signature gives the ICC dynamic number')
    })
  }
})
