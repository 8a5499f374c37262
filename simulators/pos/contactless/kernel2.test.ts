import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { ok, text, tlv } from '../testing/scripted-card.ts'
import type { Kernel2Configuration } from './configuration.ts'
import { encodeErrorIndication } from './error-indication.ts'
import { encodeOutcomeParameterSet } from './outcome-parameters.ts'
import type { ContactlessResult } from './result.ts'
import { counting, present, testTerminal } from './testing/run-card.ts'
import {
  AID,
  BALANCE,
  type CardAnswer,
  type CardData,
  CHECKSUM,
  directory,
  EMV_CARD,
  entry,
  GENERATE_AC,
  GPO,
  generate,
  MAG_CARD,
  PAN,
  RECORD_CARD,
  RECORD_DATA,
  RECORD_ISSUER,
  RECORD_MAG,
  RECOVER_AC,
  RELAY,
  RELAY_DATA,
  relayAnswer,
  SELECT_AID,
  SELECT_PPSE,
  TestCard,
} from './testing/test-card.ts'
import { TornLog } from './torn-log.ts'

/** A card that differs from the sound one. */
const emv = (changes: Partial<CardData['record']> & { aip?: string } = {}): CardData => {
  const { aip = EMV_CARD.aip, ...record } = changes
  const kept = Object.entries({ ...EMV_CARD.record, ...record }).filter(([, value]) => value !== 'absent')
  return { ...EMV_CARD, aip, record: Object.fromEntries(kept) as Record<string, string> }
}

interface Case {
  title: string
  card?: CardData
  answers?: Record<string, CardAnswer>
  amount?: bigint
  configuration?: Partial<Kernel2Configuration>
  terminalType?: string
  transactionType?: number
  outcome: ContactlessResult['outcome']
  tvr?: string
  cvmResults?: string | null
  /** DF8129, DF8115. */
  parameters?: string
  error?: string
}

const CASES: readonly Case[] = [
  {
    title: 'TC',
    outcome: 'Approved',
    tvr: '0000000001',
    cvmResults: '1F0302',
    parameters: '10F0F000B0F0FF00',
  },
  {
    title: 'ARQC of the card for a TC',
    answers: { [GENERATE_AC]: generate({ cid: 0x80 }) },
    outcome: 'OnlineRequest',
    parameters: '30F0F000B0F0FF00',
  },
  {
    title: 'AAC of the card',
    answers: { [GENERATE_AC]: generate({ cid: 0x00 }) },
    outcome: 'Declined',
    parameters: '20F0F000B0F0FF00',
  },
  {
    title: 'AAC of a card that could be put in',
    answers: { [GENERATE_AC]: generate({ cid: 0x00 }) },
    configuration: { cardDataInput: fromHex('60') },
    outcome: 'TryAnotherInterface',
    parameters: '60F0F000B0F0FF00',
  },
  {
    title: 'AAC of a phone: it cannot be put in',
    card: emv({ '9F6E': '027600003130' }),
    answers: { [GENERATE_AC]: generate({ cid: 0x00 }) },
    configuration: { cardDataInput: fromHex('60') },
    outcome: 'Declined',
  },
  {
    title: 'AAC with a request to look at the phone',
    answers: { [GENERATE_AC]: generate({ cid: 0x00, more: 'DF4B03000300' }) },
    outcome: 'TryAgain',
    parameters: '4010F000F0F0FF00',
  },
  {
    title: 'AAC for a refund',
    answers: { [GENERATE_AC]: generate({ cid: 0x00 }) },
    transactionType: 0x20,
    outcome: 'EndApplication',
  },
  {
    title: 'online-only terminal',
    terminalType: '21',
    outcome: 'OnlineRequest',
    tvr: '0000000001',
  },
  { title: 'the floor limit itself', amount: 5000n, outcome: 'Approved', tvr: '0000000001' },
  {
    title: 'one above floor and CVM limit: online PIN, online',
    amount: 5001n,
    outcome: 'OnlineRequest',
    tvr: '0000048001',
    cvmResults: '420300',
    parameters: '30F0F020B8F0FF00',
  },
  {
    title: 'above the CVM limit, card wants a signature',
    card: emv({ '8E': '00000000000000001E031F03' }),
    amount: 5001n,
    outcome: 'OnlineRequest',
    tvr: '0000008001',
    cvmResults: '1E0300',
    parameters: '30F0F010B8F0FF00',
  },
  {
    title: 'CVM list without CVM that the terminal has',
    card: emv({ '8E': '00000000000000000100' }),
    outcome: 'OnlineRequest',
    tvr: '0000800001',
    cvmResults: '010001',
  },
  {
    title: 'CVM that nobody knows, then none required',
    card: emv({ '8E': '00000000000000006A001F00' }),
    outcome: 'Approved',
    tvr: '0000400001',
    cvmResults: '1F0002',
  },
  {
    title: 'CVM list whose conditions all fail',
    card: emv({ '8E': '00000000000000001E011F04' }),
    outcome: 'OnlineRequest',
    tvr: '0000800001',
    cvmResults: '3F0001',
  },
  {
    title: 'CVM list absent',
    card: emv({ '8E': 'absent' }),
    outcome: 'OnlineRequest',
    tvr: '2000000001',
    cvmResults: '3F0000',
  },
  {
    title: 'CVM list of half a rule',
    card: emv({ '8E': '00000000000000001E' }),
    outcome: 'EndApplication',
    error: '00040000001C',
  },
  {
    title: 'card without cardholder verification',
    card: emv({ aip: '0980' }),
    amount: 5001n,
    outcome: 'OnlineRequest',
    tvr: '0000008001',
    cvmResults: '3F0000',
  },
  {
    title: 'on-device CVM above the CVM limit',
    card: emv({ aip: '1B80' }),
    amount: 5001n,
    outcome: 'OnlineRequest',
    cvmResults: '010002',
    parameters: '30F0F030B8F0FF00',
  },
  {
    title: 'on-device CVM up to the CVM limit',
    card: emv({ aip: '1B80' }),
    outcome: 'Approved',
    cvmResults: '3F0002',
  },
  { title: 'the transaction limit itself', amount: 30000n, outcome: 'OnlineRequest' },
  {
    title: 'one above the transaction limit',
    amount: 30001n,
    outcome: 'EndApplication',
    error: '00050000001C',
  },
  {
    title: 'one above the transaction limit with on-device CVM',
    card: emv({ aip: '1B80' }),
    amount: 30001n,
    outcome: 'OnlineRequest',
  },
  {
    title: 'above the transaction limit with on-device CVM',
    card: emv({ aip: '1B80' }),
    amount: 50001n,
    outcome: 'EndApplication',
    error: '00050000001C',
  },
  {
    title: 'amount that Entry Point refuses',
    amount: 100000n,
    outcome: 'TryAnotherInterface',
    parameters: '60F0F0F080F0FF00',
  },
  {
    title: 'expired card',
    card: emv({ '5F24': '261031' }),
    outcome: 'OnlineRequest',
    tvr: '0040000001',
  },
  {
    title: 'another application version alone is taken offline',
    card: emv({ '9F08': '0001' }),
    outcome: 'Approved',
    tvr: '0080000001',
  },
  {
    title: 'denied by the issuer action code',
    card: emv({ '9F08': '0001', '9F0E': '0080000000' }),
    outcome: 'Declined',
    tvr: '0080000001',
  },
  {
    title: 'CDA signature wrong',
    answers: {
      [GENERATE_AC]: generate({
        spoil: (signed) => signed.replace(/^../, (byte) => (byte === '01' ? '02' : '01')),
      }),
    },
    outcome: 'EndApplication',
    tvr: '0400000001',
    error: '00020000001C',
  },
  {
    title: 'CDA asked for, cryptogram without signature',
    answers: {
      [GENERATE_AC]: ok([
        '77',
        `${tlv('9F27', '40')}${tlv('9F36', '0007')}${tlv('9F26', '0102030405060708')}`,
      ]),
    },
    outcome: 'EndApplication',
    error: '00060000001C',
  },
  {
    title: 'CDA asked for, format 1',
    answers: { [GENERATE_AC]: ok(['80', '4000070102030405060708']) },
    outcome: 'EndApplication',
    error: '00040000001C',
  },
  {
    title: 'card without CDA: format 1 will do',
    card: emv({ aip: '1880' }),
    answers: { [GENERATE_AC]: ok(['80', '8000070102030405060708']) },
    outcome: 'OnlineRequest',
    tvr: '8000000001',
  },
  {
    title: 'certificates missing: no CDA is asked for',
    answers: { [RECORD_CARD]: ok(['70', '']) },
    outcome: 'OnlineRequest',
    tvr: '2400000001',
  },
  {
    title: 'certificates missing on a device with a CVM of its own: AAC is asked for',
    card: emv({ aip: '1B80' }),
    answers: { [RECORD_CARD]: ok(['70', '']) },
    outcome: 'Declined',
    tvr: '2400000001',
  },
  {
    title: 'certification authority key that the terminal has not',
    answers: { [RECORD_ISSUER]: ok(['70', '8F01F29001009F320103']) },
    outcome: 'OnlineRequest',
    tvr: '0400000001',
  },
  {
    title: 'certificate that was not signed by the authority',
    answers: { [RECORD_ISSUER]: ok(['70', `8F01F1${tlv('90', '00'.repeat(144))}9F320103`]) },
    outcome: 'EndApplication',
    error: '00020000001C',
  },
  {
    title: 'TC for an ARQC',
    answers: { [GENERATE_AC]: generate({ cid: 0x40 }) },
    amount: 5001n,
    outcome: 'EndApplication',
    error: '00060000001C',
  },
  {
    title: 'cryptogram of the reserved type',
    answers: { [GENERATE_AC]: generate({ cid: 0xc0 }) },
    outcome: 'EndApplication',
    error: '00060000001C',
  },
  {
    title: 'GENERATE AC refused',
    answers: { [GENERATE_AC]: '6985' },
    outcome: 'EndApplication',
    error: '00030069851C',
  },
  {
    title: 'GENERATE AC without transaction counter',
    answers: { [GENERATE_AC]: ok(['77', `${tlv('9F27', '80')}${tlv('9F26', '0102030405060708')}`]) },
    outcome: 'EndApplication',
    error: '00010000001C',
  },
  ...['5A', '5F24', '8C'].map(
    (tag): Case => ({
      title: `${tag} missing`,
      card: emv({ [tag]: 'absent' }),
      outcome: 'EndApplication',
      error: '00010000001C',
    }),
  ),
  {
    title: 'data object twice in the records',
    answers: { [RECORD_ISSUER]: ok(['70', tlv('5A', PAN)]) },
    outcome: 'EndApplication',
    error: '00040000001C',
  },
  {
    title: 'record not found',
    answers: { [RECORD_DATA]: '6A83' },
    outcome: 'EndApplication',
    error: '0003006A831C',
  },
  {
    title: 'record that is no template',
    answers: { [RECORD_DATA]: '5A019000' },
    outcome: 'EndApplication',
    error: '00040000001C',
  },
  {
    title: 'card leaves while it is read',
    answers: { [RECORD_DATA]: 'removed' },
    outcome: 'TryAgain',
    parameters: '4010F0F050F0FF00',
    error: '010000000021',
  },
  {
    title: 'GPO refused and nothing else on the card',
    answers: { [GPO]: '6985' },
    outcome: 'EndApplication',
    error: '00030069851C',
  },
  {
    title: 'GPO without AFL',
    answers: { [GPO]: ok(['77', tlv('82', '1980')]) },
    outcome: 'EndApplication',
    error: '00010000001C',
  },
  {
    title: 'GPO that cannot be read',
    answers: { [GPO]: '7705829000' },
    outcome: 'EndApplication',
    error: '00040000001C',
  },
  {
    title: 'no PPSE',
    answers: { [SELECT_PPSE]: '6A82' },
    outcome: 'EndApplication',
    error: '0008006A821C',
  },
  {
    title: 'PPSE that is no FCI',
    answers: { [SELECT_PPSE]: '70009000' },
    outcome: 'EndApplication',
    error: '00090000001C',
  },
  {
    title: 'nothing in common',
    answers: { [SELECT_PPSE]: directory(entry('A0000000031010', '01')) },
    outcome: 'EndApplication',
    error: '000A0000001C',
  },
  {
    title: 'PPSE out of the field',
    answers: { [SELECT_PPSE]: 'removed' },
    outcome: 'TryAgain',
    error: '010000000021',
  },
  {
    title: 'mag-stripe mode',
    card: MAG_CARD,
    outcome: 'OnlineRequest',
    tvr: '0000000000',
    parameters: '30F0F000B0F0FF00',
  },
  {
    title: 'mag-stripe mode above the CVM limit: signature',
    card: MAG_CARD,
    amount: 5001n,
    outcome: 'OnlineRequest',
    parameters: '30F0F010B8F0FF00',
  },
  {
    title: 'mag-stripe mode above the transaction limit',
    card: MAG_CARD,
    amount: 30001n,
    outcome: 'EndApplication',
    error: '00050000001C',
  },
  {
    title: 'mag-stripe mode that the terminal has not',
    card: MAG_CARD,
    configuration: { configuration: fromHex('B0') },
    outcome: 'EndApplication',
    error: '00070000001C',
  },
  {
    title: 'EMV card on a terminal without EMV mode is read as a stripe',
    configuration: { configuration: fromHex('70') },
    outcome: 'EndApplication',
    error: '00010000001C',
  },
  {
    title: 'mag-stripe mode: no CVC3 is a refusal',
    card: MAG_CARD,
    answers: { [CHECKSUM]: ok(['77', tlv('9F36', '0139')]) },
    outcome: 'Declined',
  },
  {
    title: 'mag-stripe mode: no transaction counter',
    card: MAG_CARD,
    answers: { [CHECKSUM]: ok(['77', tlv('9F61', '04D2')]) },
    outcome: 'EndApplication',
    error: '00010000001C',
  },
  {
    title: 'mag-stripe mode: refused',
    card: MAG_CARD,
    answers: { [CHECKSUM]: '6985' },
    outcome: 'EndApplication',
    error: '00030069851C',
  },
  {
    title: 'mag-stripe mode: card leaves',
    card: MAG_CARD,
    answers: { [CHECKSUM]: 'removed' },
    outcome: 'TryAgain',
    error: '010000000021',
  },
  {
    title: 'mag-stripe mode: bitmap missing',
    card: { ...MAG_CARD, mag: { '9F6B': MAG_CARD.mag['9F6B'] ?? '' } },
    outcome: 'EndApplication',
    error: '00010000001C',
  },
  {
    title: 'mag-stripe mode: more counter digits than places',
    card: { ...MAG_CARD, mag: { ...MAG_CARD.mag, '9F67': '05' } },
    outcome: 'EndApplication',
    error: '00060000001C',
  },
]

describe('kernel 2', () => {
  for (const row of CASES) {
    test(row.title, async () => {
      const card = new TestCard(row.card ?? EMV_CARD, row.answers)
      const terminal = await testTerminal(row.configuration, row.terminalType)
      const type = row.transactionType ?? 0x00
      const { result } = await present(card, { amount: row.amount ?? 1000n, terminal, transaction: { type } })
      assert.equal(result.outcome, row.outcome, result.reason)
      if (row.tvr !== undefined) assert.equal(result.tvr, row.tvr)
      if (row.cvmResults !== undefined) assert.equal(result.cvmResults, row.cvmResults)
      if (row.parameters !== undefined)
        assert.equal(toHex(encodeOutcomeParameterSet(result.parameters)), row.parameters)
      if (row.error !== undefined) assert.equal(toHex(encodeErrorIndication(result.error)), row.error)
    })
  }
})

test('a transaction with CDA asks what Book C-2 says, in its order', async () => {
  const card = new TestCard(EMV_CARD)
  const { result, shown } = await present(card)
  assert.deepEqual(
    card.commands.map((command) => command.slice(0, 8)),
    ['00A40400', '00A40400', '80A80000', '00B20114', '00B20214', '00B20314', '80AE5000'],
  )
  assert.deepEqual(result.cryptogram, {
    cid: '40',
    atc: '0007',
    ac: '0102030405060708',
    iad: '0110A00000',
  })
  assert.deepEqual(
    shown.map(({ status }) => status),
    ['card read successfully'],
  )
  assert.equal(toHex(result.data.require('9F4C')), '1122334455667788')
})

test('the next application is tried when the kernel does not want the first', async () => {
  const other = `${AID}01`
  const card = new TestCard(EMV_CARD, {
    [SELECT_PPSE]: directory(entry(AID, '02'), entry(other, '01')),
    [`00A4040008${other}`]: ok(['6F', tlv('84', other) + tlv('A5', tlv('50', text('FIRST')))]),
    [`${GPO}0000028300`]: '6985',
  })
  const { result, journal } = await present(card)
  assert.equal(result.outcome, 'Approved')
  assert.equal(result.aid, AID)
  const outcomes = journal.entries.flatMap((event) =>
    event.kind === 'terminal' && event.step === 'Outcome' ? [event.detail.split(',')[0]] : [],
  )
  assert.deepEqual(outcomes, ['SELECT NEXT', 'APPROVED'])
})

test('an application that cannot be selected is passed over', async () => {
  const card = new TestCard(EMV_CARD, { [SELECT_AID]: '6283' })
  const { result } = await present(card)
  assert.equal(result.error.l2, 'EMPTY CANDIDATE LIST')
})

test('mag-stripe mode puts CVC3, number and counter into track 2', async () => {
  const { result } = await present(new TestCard(MAG_CARD))
  // random 01020304 is 16909060: two digits of it are 60.
  assert.equal(toHex(result.data.require('9F6A')), '00000060')
  assert.equal(toHex(result.dataRecord.get('9F6B') ?? new Uint8Array()), `${PAN}D30122010000136002342F`)
})

test('mag-stripe mode fills track 1 as well, and wants its checksum', async () => {
  const track1 = text(`B${PAN}^DOE/JOHN^30122010000000000000`)
  const mag = { ...MAG_CARD.mag, '56': track1, '9F62': '00000000000E', '9F63': '0000000001E0', '9F64': '02' }
  const both = ok(['77', tlv('9F60', '0929') + tlv('9F61', '04D2') + tlv('9F36', '0139')])
  const card = { ...MAG_CARD, mag }
  const { result } = await present(new TestCard(card, { [CHECKSUM]: both }))
  assert.equal(
    Buffer.from(result.dataRecord.get('56') ?? []).toString('latin1'),
    `B${PAN}^DOE/JOHN^30122010000136003452`,
  )
  const without = await present(new TestCard(card))
  assert.equal(without.result.error.l2, 'CARD DATA MISSING')
})

test('the balance is read after GENERATE AC and shown', async () => {
  const card = new TestCard(emv({ '9F5D': '000200' }), { [BALANCE]: ok(['9F50', '000000012345']) })
  const { result } = await present(card)
  assert.equal(result.balance, 12345n)
  assert.equal(result.userInterface?.value?.amount, 12345n)
  assert.equal(card.commands.at(-1)?.slice(0, 8), BALANCE)
})

test('the balance is read before GENERATE AC when the terminal says so', async () => {
  const card = new TestCard(emv({ '9F5D': '000200' }), { [BALANCE]: ok(['9F50', '000000012345']) })
  const terminal = await testTerminal({ balance: { before: true, after: false } })
  const { result } = await present(card, { terminal })
  assert.equal(result.balance, 12345n)
  assert.equal(card.commands.at(-2)?.slice(0, 8), BALANCE)
})

test('a card without balance is not asked for one; one that tells none changes nothing', async () => {
  const plain = new TestCard(EMV_CARD)
  await present(plain)
  assert.equal(
    plain.commands.some((command) => command.startsWith(BALANCE)),
    false,
  )
  const { result } = await present(new TestCard(emv({ '9F5D': '000200' })))
  assert.equal(result.outcome, 'Approved')
  assert.equal(result.balance, null)
})

describe('relay resistance', () => {
  const card = (): TestCard => new TestCard(emv({ aip: '1981' }), { [RELAY]: relayAnswer })
  /** What a stopwatch shows that each exchange makes `processing` (units of 100 µs) and the time on air run. */
  const taking = (...processing: number[]): (() => number) => {
    let now = 0
    let reads = 0
    return () => {
      if (reads++ % 2 === 1)
        now += ((processing.length > 1 ? processing.shift() : processing[0]) ?? 0) * 100 + 4200
      return now
    }
  }
  const exchanges = (own: TestCard): number =>
    own.commands.filter((command) => command.startsWith(RELAY)).length

  test('in time: performed, and signed by CDA', async () => {
    const own = card()
    const { result } = await present(own, { deps: { nowUs: taking(60) } })
    assert.equal(result.outcome, 'Approved')
    assert.equal(result.tvr, '0000000002')
    assert.equal(exchanges(own), 1)
    assert.equal(toHex(result.data.require('DF8306')), '003C')
  })

  test('too slow once: asked again', async () => {
    const own = card()
    const { result } = await present(own, { deps: { nowUs: taking(151, 60) } })
    assert.equal(result.tvr, '0000000002')
    assert.equal(exchanges(own), 2)
  })

  test('too slow three times: time limits exceeded, online', async () => {
    const own = card()
    const { result } = await present(own, { deps: { nowUs: taking(151) } })
    assert.equal(result.tvr, '0000000006')
    assert.equal(exchanges(own), 3)
    assert.equal(result.outcome, 'OnlineRequest')
  })

  test('far from what the card says: threshold exceeded, online', async () => {
    const { result } = await present(
      new TestCard(emv({ aip: '1981' }), {
        [RELAY]: (command, own) => {
          const slow = RELAY_DATA.replace('0064', '0FFF')
          relayAnswerOf(slow)(command, own)
          return ok(['80', slow])
        },
      }),
      { deps: { nowUs: taking(351) } },
    )
    assert.equal(result.tvr, '000000000A')
    assert.equal(result.outcome, 'OnlineRequest')
  })

  test('sooner than the card can: it is a relay', async () => {
    const { result } = await present(card(), { deps: { nowUs: taking(29) } })
    assert.equal(result.outcome, 'EndApplication')
    assert.equal(result.error.l2, 'CARD DATA ERROR')
  })

  test('signed data that are not those of the exchange', async () => {
    const own = new TestCard(emv({ aip: '1981' }), { [RELAY]: ok(['80', RELAY_DATA]) })
    const { result } = await present(own, { deps: { nowUs: taking(60) } })
    assert.equal(result.error.l2, 'CAM FAILED')
    assert.equal(result.tvr, '0400000002')
  })

  test('an answer of another length', async () => {
    const own = new TestCard(emv({ aip: '1981' }), { [RELAY]: ok(['80', '00']) })
    const { result } = await present(own, { deps: { nowUs: taking(60) } })
    assert.equal(result.error.l2, 'PARSING ERROR')
  })

  test('a terminal without it does not ask', async () => {
    const own = card()
    const terminal = await testTerminal({ configuration: fromHex('20') })
    const { result } = await present(own, { terminal })
    assert.equal(result.tvr, '0000000001')
    assert.equal(exchanges(own), 0)
  })
})

/** The relay answer with other times. */
function relayAnswerOf(times: string): (command: Uint8Array, card: TestCard) => void {
  return (command, card) => {
    card.relay = new Uint8Array([...command.subarray(5, 9), ...fromHex(times)])
  }
}

describe('torn transactions', () => {
  const DRDOL = '9F3704'
  /** A card that makes its cryptogram, keeps it and leaves before it was heard; later it gives it for RECOVER AC. */
  function tearing(): TestCard {
    let torn: string | null = null
    const work = generate()
    return new TestCard(emv({ '9F51': DRDOL }), {
      [GENERATE_AC]: (command, own) => {
        const answer = typeof work === 'function' ? work(command, own) : work
        if (torn !== null) return answer
        torn = answer
        return 'removed'
      },
      [RECOVER_AC]: () => torn ?? '6A88',
    })
  }
  const log = (): TornLog => new TornLog({ records: 1, lifetimeMs: 300_000 })
  const asked = (card: TestCard, beginning: string): string[] =>
    card.commands.filter((command) => command.startsWith(beginning))

  test('a transaction torn at GENERATE AC is recovered when the card is shown again', async () => {
    const card = tearing()
    const tornLog = log()
    const random = counting()
    const first = await present(card, { deps: { tornLog, random } })
    assert.equal(first.result.outcome, 'TryAgain')
    assert.equal(first.result.userInterface?.message, 'try again')
    assert.equal(tornLog.size, 1)
    const again = { unpredictableNumber: fromHex('99999999') }
    const second = await present(card, { deps: { tornLog, random }, transaction: again })
    assert.equal(second.result.outcome, 'Approved', second.result.reason)
    // The DRDOL asks for the unpredictable number: the one of then.
    assert.deepEqual(asked(card, RECOVER_AC), [`${RECOVER_AC}0000040A0B0C0D00`])
    assert.equal(asked(card, GENERATE_AC).length, 1)
    assert.equal(tornLog.size, 0)
    // The cryptogram is over the number of then.
    assert.equal(toHex(second.result.data.require('9F37')), '0A0B0C0D')
  })

  test('what is wrong with a recovered cryptogram is added to the TVR of then', async () => {
    const card = tearing()
    const tornLog = log()
    await present(card, { amount: 6000n, deps: { tornLog } })
    const recover = card.answers[RECOVER_AC]
    card.answers[RECOVER_AC] = (command, own) => {
      const answer = typeof recover === 'function' ? recover(command, own) : '6A88'
      // The signature's first byte, behind CID, ATC and the tag.
      return answer.replace(
        /(9F4B8190)(..)/,
        (_, tag: string, byte: string) => tag + (byte === '00' ? '01' : '00'),
      )
    }
    const { result } = await present(card, { amount: 1000n, deps: { tornLog } })
    assert.equal(result.error.l2, 'CAM FAILED')
    assert.equal(result.tvr, '0400048001')
  })

  test('a card that cannot recover makes a new cryptogram', async () => {
    const card = tearing()
    const tornLog = log()
    await present(card, { deps: { tornLog } })
    card.answers[RECOVER_AC] = '6A88'
    const { result } = await present(card, {
      deps: { tornLog },
      transaction: { unpredictableNumber: fromHex('99999999') },
    })
    assert.equal(result.outcome, 'Approved', result.reason)
    assert.equal(asked(card, GENERATE_AC).length, 2)
    assert.equal(toHex(result.data.require('9F37')), '99999999')
    assert.equal(tornLog.size, 0)
  })

  test('a card that leaves again at RECOVER AC stays in the log', async () => {
    const card = tearing()
    const tornLog = log()
    await present(card, { deps: { tornLog } })
    card.answers[RECOVER_AC] = 'removed'
    const { result } = await present(card, { deps: { tornLog } })
    assert.equal(result.outcome, 'TryAgain')
    assert.equal(tornLog.size, 1)
  })

  test('a record that is too old is given up', async () => {
    const card = tearing()
    const tornLog = log()
    const clock = new ManualClock()
    await present(card, { deps: { tornLog, clock } })
    clock.advance(300_001)
    await present(card, { deps: { tornLog, clock } })
    assert.equal(asked(card, RECOVER_AC).length, 0)
    assert.equal(asked(card, GENERATE_AC).length, 2)
  })

  test('nothing is kept of a card without DRDOL, or when the log keeps nothing', async () => {
    const tornLog = log()
    await present(new TestCard(EMV_CARD, { [GENERATE_AC]: 'removed' }), { deps: { tornLog } })
    assert.equal(tornLog.size, 0)
    const none = new TornLog({ records: 0, lifetimeMs: 0 })
    await present(tearing(), { deps: { tornLog: none } })
    assert.equal(none.size, 0)
  })
})

describe('whatever a card answers', () => {
  const COMMANDS = [
    SELECT_PPSE,
    SELECT_AID,
    GPO,
    RECORD_MAG,
    RECORD_DATA,
    RECORD_ISSUER,
    RECORD_CARD,
    GENERATE_AC,
  ]
  const MOST_COMMANDS = 600

  test('random answers end in an outcome', async () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...COMMANDS),
        bytes,
        fc.constantFrom('9000', ''),
        async (at, data, sw) => {
          const card = new TestCard(EMV_CARD, { [at]: `${toHex(data)}${sw}` })
          const { result } = await present(card)
          assert.ok(result.reason.length > 0)
          assert.ok(card.commands.length < MOST_COMMANDS)
        },
      ),
      { seed: 3, numRuns: 300 },
    )
  })

  test('one changed byte in a sound answer ends in an outcome', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.nat(), fc.nat(255), async (at, place, value) => {
        const sound = new TestCard(EMV_CARD).answers[at] ?? '6D00'
        const card = new TestCard(EMV_CARD, {
          [at]: (command, own) => {
            const answer = fromHex(typeof sound === 'function' ? sound(command, own) : sound)
            answer[place % answer.length] = value
            return toHex(answer)
          },
        })
        const { result } = await present(card)
        assert.ok(result.reason.length > 0)
        assert.ok(card.commands.length < MOST_COMMANDS)
      }),
      { seed: 4, numRuns: 300 },
    )
  })
})

test('the journal has no account number and no track', async () => {
  for (const data of [EMV_CARD, MAG_CARD]) {
    const { journal } = await present(new TestCard(data))
    assert.doesNotMatch(JSON.stringify(journal.entries), new RegExp(PAN))
  }
})
