import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { hasLuhnDigit, luhnDigit } from '../../../protocols/emv/pan.ts'
import { encodeTlv, findTag, parseTlv } from '../../../protocols/tlv/tlv.ts'
import { clean } from './clean.ts'
import { makeRecording } from './make-recording.ts'
import {
  listRecordings,
  loadRecording,
  parseRecording,
  type Recording,
  RecordingError,
  recordingFile,
  recordingJsonSchema,
  recordingText,
} from './recording.ts'
import { ReplayCard } from './replay-card.ts'

const OK = Uint8Array.of(0x90, 0x00)
const PAN = '4761739001010010'
const tlv = (tag: string, ...values: (string | Uint8Array)[]) =>
  encodeTlv(
    tag,
    values.map((value) => (typeof value === 'string' ? fromHex(value) : value)),
  )
const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const exchange = (response: Uint8Array, command = '00B2010C00') => ({ command: fromHex(command), response })
const record = (...objects: Uint8Array[]) => exchange(concat(tlv('70', ...objects), OK))

function cleaned(...objects: Uint8Array[]) {
  const { exchanges, data } = clean([record(...objects)])
  const response = fromHex(exchanges[0]?.response ?? '')
  const [template] = parseTlv(response.subarray(0, -2))
  return { data, value: (tag: string) => findTag(template ? [template] : [], tag)?.value ?? new Uint8Array() }
}

describe('what a recording holds of somebody', () => {
  it('the account number: another one of the same length, the same wherever it stands, with a right check digit', () => {
    const { value, data } = cleaned(
      tlv('5A', PAN),
      tlv('57', `${PAN}D25122011234567890`),
      tlv('56', ascii(`B${PAN}^DOE/JOHN^25122010000000`)),
    )
    const pan = toHex(value('5A'))
    assert.equal(pan, '9999990000000014')
    assert.ok(hasLuhnDigit(pan))
    assert.equal(toHex(value('57')), `${pan}D25122010000000000`, 'discretionary data are zeros')
    assert.equal(Buffer.from(value('56')).toString('latin1'), `B${pan}^TAPBENCH^2512201${'\0'.repeat(7)}`)
    assert.deepEqual(data, {
      test: false,
      replaced: ['56', '57', '5A'],
      blanked: ['56', '57'],
      unverifiable: [],
    })
  })

  it('the name', () => {
    const { value } = cleaned(tlv('5F20', ascii('DOE/JOHN    ')), tlv('9F0B', ascii('DOE/JOHN OF NOWHERE ')))
    assert.equal(Buffer.from(value('5F20')).toString(), 'TAPBENCH/TES')
    assert.equal(Buffer.from(value('9F0B')).toString(), 'TAPBENCH/TESTCARD TA')
  })

  it('a name that is none stays', () =>
    assert.equal(Buffer.from(cleaned(tlv('5F20', ascii(' /'))).value('5F20')).toString(), ' /'))

  it('certificates and signed data, from which the account number can be had: zeros', () => {
    const { value, data } = cleaned(
      tlv('9F46', 'AA'.repeat(64)),
      tlv('90', 'BB'.repeat(64)),
      tlv('93', 'CC'.repeat(64)),
    )
    assert.equal(toHex(value('9F46')), '00'.repeat(64))
    assert.equal(toHex(value('93')), '00'.repeat(64))
    assert.equal(toHex(value('90')), 'BB'.repeat(64))
    assert.deepEqual(data, { test: false, replaced: [], blanked: ['93', '9F46'], unverifiable: ['90'] })
  })

  it('a PIN, and what cannot be read: zeros', () => {
    const { exchanges } = clean([
      exchange(OK, '00200080082412345FFFFFFFFF'),
      exchange(fromHex('5A084761739001019000')),
    ])
    assert.deepEqual(exchanges, [
      { command: '00200080080000000000000000', response: '9000' },
      { command: '00B2010C00', response: '5A080000000000009000' },
    ])
  })

  it('the account number in a command', () => {
    const { exchanges } = clean([record(tlv('5A', PAN)), exchange(OK, `80AE80000C0102${PAN}FF01`)])
    assert.equal(exchanges[1]?.command, '80AE80000C01029999990000000014FF01')
  })

  it('numbers of the terminal that look like an account number stay as they were, by the list of the card', () => {
    const command = '80AE80000E0000476173900101001000000276'
    const cdol1 = tlv('8C', '9F02069F03069F1A02')
    const { exchanges } = clean([record(cdol1), exchange(OK, command)])
    assert.equal(exchanges[1]?.command, command)
    assert.notEqual(clean([exchange(OK, command)]).exchanges[0]?.command, command)
  })

  it('a PIN that a list asks for: zeros', () => {
    const { exchanges } = clean([record(tlv('8C', '9908')), exchange(OK, '80AE800008241234FFFFFFFFFF')])
    assert.equal(exchanges[1]?.command, '80AE8000080000000000000000')
  })

  it('all of a card with test data', () => {
    const session = { atr: fromHex('3B00'), exchanges: [record(tlv('5A', PAN), tlv('9F46', 'AA'))] }
    const recording = makeRecording(session, { title: 'a', recordedAt: 0, terminal: null, testData: true })
    assert.equal(recording.exchanges[0]?.response, `700E5A08${PAN}9F4601AA9000`)
    assert.equal(recording.data.test, true)
  })

  it('never a full account number, wherever a card may put it', () => {
    const digits = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    const pans = fc
      .tuple(
        fc.constantFrom('3', '4', '5', '6'),
        fc.integer({ min: 12, max: 18 }).chain((length) => digits(length - 1)),
      )
      .map(([first, rest]) => `${first}${rest.join('')}`)
      .map((payload) => `${payload}${luhnDigit(payload)}`)
    const even = (text: string) => (text.length % 2 === 0 ? text : `${text}F`)
    const PLACES: Record<string, (pan: string) => Uint8Array> = {
      pan: (pan) => tlv('70', tlv('5A', even(pan))),
      track2: (pan) => tlv('70', tlv('57', even(`${pan}D30122010000123`))),
      contactlessTrack2: (pan) => tlv('77', tlv('9F6B', even(`${pan}D3012201`))),
      track1: (pan) => tlv('70', tlv('56', ascii(`B${pan}^A/B^30122010`))),
      unknownTag: (pan) => tlv('70', tlv('5A', even(pan)), tlv('DF7E', even(pan))),
      text: (pan) => tlv('70', tlv('5A', even(pan)), tlv('50', ascii(pan.slice(0, 16)))),
      withoutTags: (pan) => fromHex(even(pan)),
      cutTemplate: (pan) => tlv('70', tlv('5A', even(pan))).subarray(0, -1),
      command: () => new Uint8Array(),
    }
    fc.assert(
      fc.property(pans, fc.constantFrom(...Object.keys(PLACES)), (pan, place) => {
        const session = {
          atr: fromHex('3B00'),
          exchanges: [
            exchange(concat(PLACES[place]?.(pan) ?? new Uint8Array(), OK)),
            exchange(OK, `80AE8000${(even(pan).length / 2).toString(16).padStart(2, '0')}${even(pan)}`),
          ],
        }
        const options = { title: 'x', recordedAt: 0, terminal: null, testData: false }
        const text = recordingText(makeRecording(session, options), 'schema.json')
        assert.ok(!text.includes(pan), place)
        assert.ok(!text.includes(toHex(ascii(pan))), place)
      }),
      { numRuns: 1_000, seed: 3 },
    )
  })
})

const EMPTY: Recording = {
  format: 'tapbench-recording/1',
  title: 'a card',
  recordedAt: '2026-01-01T00:00:00.000Z',
  kind: 'survey',
  terminal: null,
  data: { test: true, replaced: [], blanked: [], unverifiable: [] },
  atr: '3B00',
  exchanges: [],
}
const SAID: [string, string | null][] = [
  ['00A404000700112233445566 00', '6F009000'],
  ['80A8000002830000', '9F360200079000'],
  ['00B2010C00', '70019000'],
  ['80AE8000020102', '77009000'],
  ['80AE8000020102', '77029000'],
  ['00A4040007AABBCCDDEEFF0000', '6F019000'],
  ['00B2010C00', '70029000'],
  ['80CA9F3600', '6C05'],
  ['80CA9F3605', '9F3602000A9000'],
  ['80CA9F1700', null],
]
const replay = () =>
  new ReplayCard({
    ...EMPTY,
    exchanges: SAID.map(([command, response]) => ({ what: '', command: command.replace(' ', ''), response })),
  })
const FIRST = '00A40400070011223344556600'
const SECOND = '00A4040007AABBCCDDEEFF0000'

describe('a card that replays', () => {
  const sessions: [string, [string, string | null][]][] = [
    ['answers in order', SAID.map(([command, response]) => [command.replace(' ', ''), response])],
    [
      'answers by the application that is selected',
      [
        [SECOND, '6F019000'],
        ['00B2010C00', '70029000'],
        [FIRST, '6F009000'],
        ['00B2010C00', '70019000'],
        ['00B2010C00', '70019000'],
      ],
    ],
    [
      'gives several answers of one command in their order, then again',
      [
        [FIRST, '6F009000'],
        ['80AE8000020102', '77009000'],
        ['80AE8000020102', '77029000'],
        ['80AE8000020102', '77009000'],
      ],
    ],
    [
      'takes a command with another Le for the same',
      [
        [FIRST.slice(0, -2), '6F009000'],
        ['80AE800002010200', '77009000'],
      ],
    ],
    [
      'knows nothing else',
      [
        ['00B2010C00', '6D00'],
        ['00A404000101', '6A82'],
        [FIRST, '6F009000'],
        ['80CA9F3600', '6D00'],
        ['00', '6D00'],
      ],
    ],
  ]
  for (const [name, said] of sessions)
    it(name, () => {
      const card = replay()
      const answered = said.map(([command]) => {
        const response = card.transmit(fromHex(command))
        return [command, response && toHex(response)]
      })
      assert.deepEqual(answered, said)
    })

  it('notes what it does not know, without PIN', () => {
    const card = replay()
    card.transmit(fromHex('00200080082412345FFFFFFFFF'))
    card.transmit(fromHex('00B2010C00'))
    assert.deepEqual(card.notes, [
      'not in the recording: VERIFY',
      'not in the recording: READ RECORD SFI 1, record 1',
    ])
  })

  it('starts again after a reset, and tells the counter it has told', () => {
    const card = replay()
    card.transmit(fromHex(SECOND))
    card.transmit(fromHex('80CA9F3605'))
    assert.equal(card.atc, 10)
    card.reset()
    assert.equal(toHex(card.transmit(fromHex('00B2010C00')) ?? OK), '6D00')
    assert.equal(card.atc, 10)
  })

  it('takes any bytes', () => {
    const card = replay()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.ok((card.transmit(bytes) ?? OK).length >= 2)
      }),
      { numRuns: 1_000, seed: 3 },
    )
  })
})

describe('recordings as files', () => {
  it('come back as they were written', () =>
    assert.deepEqual(parseRecording(recordingText(EMPTY, 'schema.json'), 'x.yaml'), EMPTY))

  it('name what is wrong in them', () =>
    assert.throws(
      () => parseRecording(recordingText({ ...EMPTY, atr: '3B' }, 'schema.json'), 'x.yaml'),
      (error) =>
        error instanceof RecordingError &&
        error.message === 'x.yaml: atr: expected 2 bytes or more in upper-case hexadecimal',
    ))

  it('are told from card profiles', () => {
    assert.equal(recordingFile('interledger'), null)
    assert.throws(() => loadRecording('interledger'), RecordingError)
  })

  it('of the fixtures are all right, and hold test data or cleaned ones', () => {
    assert.ok(listRecordings().length > 0)
    for (const name of listRecordings()) assert.ok(loadRecording(name).exchanges.length > 0, name)
  })

  it('have a schema for editors that is up to date', () => {
    const file = join(import.meta.dirname, '../../../fixtures/recordings/schema.json')
    assert.deepEqual(
      JSON.parse(readFileSync(file, 'utf8')),
      JSON.parse(JSON.stringify(recordingJsonSchema())),
    )
  })
})
