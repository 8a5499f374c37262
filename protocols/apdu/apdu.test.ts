import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { type Command, encodeCommand, parseCommand } from './command.ts'
import { generateAc, getData, getProcessingOptions, getResponse, readRecord, select } from './commands.ts'
import { ApduError } from './error.ts'
import { instructionOf } from './instructions.ts'
import { encodeResponse, parseResponse } from './response.ts'
import { describeStatus, STATUS_WORDS } from './status-words.ts'

const bytesOf = (length: number) => new Uint8Array(length).fill(0xab)
const zeros = (count: number) => 'AB'.repeat(count)
const HEADER = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00 }

describe('command APDUs (ISO/IEC 7816-4, 5.1)', () => {
  const cases: [string, Command, string][] = [
    ['case 1', HEADER, '00A40400'],
    ['case 2, short', { ...HEADER, le: 1 }, '00A4040001'],
    ['case 2, short, 256', { ...HEADER, le: 256 }, '00A4040000'],
    ['case 2, extended', { ...HEADER, le: 257 }, '00A40400000101'],
    ['case 2, extended, 65536', { ...HEADER, le: 65_536 }, '00A40400000000'],
    ['case 3, short', { ...HEADER, data: bytesOf(2) }, '00A4040002ABAB'],
    ['case 3, short, 255', { ...HEADER, data: bytesOf(255) }, `00A40400FF${zeros(255)}`],
    ['case 3, extended', { ...HEADER, data: bytesOf(256) }, `00A40400000100${zeros(256)}`],
    ['case 4, short', { ...HEADER, data: bytesOf(1), le: 256 }, '00A4040001AB00'],
    ['case 4, extended by Lc', { ...HEADER, data: bytesOf(256), le: 256 }, `00A40400000100${zeros(256)}0100`],
    ['case 4, extended by Le', { ...HEADER, data: bytesOf(1), le: 65_536 }, '00A40400000001AB0000'],
  ]
  for (const [name, command, hex] of cases) {
    it(name, () => {
      assert.equal(toHex(encodeCommand(command)), hex)
      assert.deepEqual(parseCommand(fromHex(hex)), command)
    })
  }

  const malformed = [
    '',
    '00A404',
    '00A404000000',
    '00A4040002AB',
    '00A4040001ABABAB',
    '00A40400000001ABAB',
    '00A404000000000000',
  ]
  for (const hex of malformed) {
    it(`refuses ${hex || 'nothing'}`, () => assert.throws(() => parseCommand(fromHex(hex)), ApduError))
  }

  const unfit: Command[] = [
    { ...HEADER, cla: 256 },
    { ...HEADER, p1: -1 },
    { ...HEADER, le: 0 },
    { ...HEADER, le: 65_537 },
    { ...HEADER, data: bytesOf(65_536) },
  ]
  for (const command of unfit) {
    it(`writes no ${JSON.stringify({ ...command, data: command.data?.length })}`, () => {
      assert.throws(() => encodeCommand(command), ApduError)
    })
  }

  it('round trip', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    const command = fc.record(
      {
        cla: byte,
        ins: byte,
        p1: byte,
        p2: byte,
        data: fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 255 }),
          fc.uint8Array({ minLength: 256, maxLength: 600 }),
        ),
        le: fc.oneof(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 257, max: 65_536 })),
      },
      { requiredKeys: ['cla', 'ins', 'p1', 'p2'], noNullPrototype: true },
    )
    fc.assert(fc.property(command, (given) => assert.deepEqual(parseCommand(encodeCommand(given)), given)))
  })

  it('throws nothing but its own error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          parseCommand(bytes)
        } catch (error) {
          assert.ok(error instanceof ApduError, String(error))
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('commands of a payment', () => {
  const built: [string, Command, string][] = [
    ['SELECT', select(fromHex('A00000015103010C0601')), '00A404000AA00000015103010C060100'],
    ['SELECT next', select(fromHex('A000000003'), true), '00A4040205A00000000300'],
    ['GET PROCESSING OPTIONS without PDOL', getProcessingOptions(new Uint8Array()), '80A8000002830000'],
    ['GET PROCESSING OPTIONS', getProcessingOptions(fromHex('0978')), '80A80000048302097800'],
    ['READ RECORD', readRecord(1, 1), '00B2010C00'],
    ['READ RECORD, last', readRecord(30, 255), '00B2FFF400'],
    ['GENERATE AC', generateAc(0xc1, new Uint8Array(149)), `80AEC10095${'00'.repeat(149)}00`],
    ['GET DATA', getData('9F36'), '80CA9F3600'],
    ['GET DATA of a short tag', getData('42'), '80CA004200'],
    ['GET RESPONSE', getResponse(0x1a), '00C000001A'],
    ['GET RESPONSE of 256', getResponse(0), '00C0000000'],
  ]
  for (const [name, command, hex] of built) {
    it(name, () => {
      assert.equal(toHex(encodeCommand(command)), hex)
      const { cla, ins } = command
      assert.ok(name.startsWith(instructionOf(cla, ins)?.name ?? '?'))
    })
  }

  it('refuses what the parameters cannot carry', () => {
    assert.throws(() => readRecord(0, 1), ApduError)
    assert.throws(() => readRecord(31, 1), ApduError)
    assert.throws(() => readRecord(1, 0), ApduError)
    assert.throws(() => readRecord(1, 256), ApduError)
    assert.throws(() => getData('9F8101'), ApduError)
  })
})

describe('response APDUs', () => {
  it('splits data and status word', () => {
    assert.deepEqual(parseResponse(fromHex('77009000')), { data: fromHex('7700'), sw: 0x9000 })
    assert.deepEqual(parseResponse(fromHex('6A82')), { data: new Uint8Array(), sw: 0x6a82 })
    for (const hex of ['', '90']) assert.throws(() => parseResponse(fromHex(hex)), ApduError)
    for (const sw of [-1, 0x10000, 0.5]) assert.throws(() => encodeResponse(sw), ApduError)
  })

  it('round trip', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ maxLength: 300 }), (sw, data) => {
        assert.deepEqual(parseResponse(encodeResponse(sw, data)), { data, sw })
      }),
    )
  })

  const words: [number, string][] = [
    [0x9000, '9000 normal processing'],
    [0x6100, '6100 normal processing, more data available: 256 bytes'],
    [0x6112, '6112 normal processing, more data available: 18 bytes'],
    [0x6c1a, '6C1A wrong length Le, right one in SW2: 26'],
    [0x63c2, '63C2 warning: counter in the last digit: 2'],
    [0x6a82, '6A82 file not found'],
    [0x6a99, '6A99 wrong parameters P1 P2'],
    [0x0001, '0001 unknown status word'],
  ]
  for (const [sw, text] of words) it(text, () => assert.equal(describeStatus(sw), text))

  it('reaches every entry of the table', () => {
    for (const [pattern, meaning] of STATUS_WORDS) {
      const digits = pattern.replaceAll('x', 'F')
      assert.ok(describeStatus(Number.parseInt(digits, 16)).startsWith(`${digits} ${meaning}`), pattern)
    }
  })
})
