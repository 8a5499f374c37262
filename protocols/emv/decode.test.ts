import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromHex } from '../bytes/bytes.ts'
import { DECODERS, DecodeError, type DecoderName, decode } from './decode.ts'
import { luhnDigit } from './pan.ts'

const text = (hex: string, as?: DecoderName) =>
  decode(fromHex(hex), as).lines.map(({ depth, name, hex, meaning }) =>
    [`${'  '.repeat(depth)}${name}`, hex, meaning === null ? '' : `= ${meaning}`]
      .filter((part) => part !== '')
      .join(' '),
  )

describe('guesses', () => {
  const guesses: [string, string, DecoderName][] = [
    // emv-utils, tests/emv_atr_parse_test.c
    ['an ATR, T=0', '3B600000', 'atr'],
    ['an ATR, T=1', '3BE000FF81317C4192', 'atr'],
    ['a command', '00A404000E315041592E5359532E444446303100', 'apdu'],
    ['a response', '770F8202198094040801010 09F360200019000', 'response'],
    ['a status word', '6A82', 'sw'],
    ['the good status word', '9000', 'sw'],
    ['data objects', '5A0847617390010100105F2403251231', 'tlv'],
    ['a list of data objects', '9F02069F03069F1A0295055F2A029A039C019F3704', 'dol'],
    ['verification results', '8000800800', 'tvr'],
    ['a CVM List', '000000000000000042015E0342031F00', 'cvm-list'],
    ['CVM Results', '420300', 'cvm-results'],
    ['capabilities, since no such condition exists', 'E0F8C8', 'terminal-capabilities'],
    ['qualifiers', '36A0C000', 'ttq'],
    ['two bytes that are no status word', '1980', 'aip'],
    ['data of M/Chip', '0110A00003220000000000000000000000FF', 'iad'],
    ['data of Visa', '06010A03A4A002', 'iad'],
    ['data of Common Core Definitions', `0FA501A238E02000${'00'.repeat(8)}0F${'00'.repeat(15)}`, 'iad'],
  ]
  for (const [name, hex, as] of guesses)
    it(name, () => assert.deepEqual([decode(fromHex(hex)).as, decode(fromHex(hex)).guessed], [as, true]))

  it('tell what else it could be', () =>
    assert.deepEqual(decode(fromHex('E800')).alternatives, ['tsi', 'auc', 'ctq']))
})

describe('values in words', () => {
  const values: [string, DecoderName, string, string[]][] = [
    [
      'TVR',
      'tvr',
      '8000800800',
      [
        '95 Terminal Verification Results 8000800800',
        '  byte 1 bit 8 = offline data authentication was not performed',
        '  byte 3 bit 8 = cardholder verification was not successful',
        '  byte 4 bit 4 = merchant forced transaction online',
      ],
    ],
    [
      'TVR, nothing set',
      'tvr',
      '0000000000',
      ['95 Terminal Verification Results 0000000000', '  no bit set'],
    ],
    [
      'TSI with a reserved bit',
      'tsi',
      '8080',
      [
        '9B Transaction Status Information 8080',
        '  byte 1 bit 8 = offline data authentication was performed',
        '  byte 2 bit 8 = reserved',
      ],
    ],
    [
      'AUC',
      'auc',
      'AB80',
      [
        '9F07 Application Usage Control AB80',
        '  byte 1 bit 8 = valid for domestic cash',
        '  byte 1 bit 6 = valid for domestic goods',
        '  byte 1 bit 4 = valid for domestic services',
        '  byte 1 bit 2 = valid at ATMs',
        '  byte 1 bit 1 = valid at terminals other than ATMs',
        '  byte 2 bit 8 = domestic cashback allowed',
      ],
    ],
    [
      'CVM List with amounts',
      'cvm-list',
      '000003E8000007D0440341061E081F09A0FF',
      [
        '8E Cardholder Verification Method (CVM) List 000003E8000007D0440341061E081F09A0FF = X 1000, Y 2000, 5 rules',
        '  rule 1 4403 = enciphered PIN verified by the card, if the terminal supports the CVM, else next rule',
        '  rule 2 4106 = plaintext PIN verified by the card, if in the application currency and under X, else next rule',
        '  rule 3 1E08 = signature, if in the application currency and under Y, else fail',
        '  rule 4 1F09 = no CVM required, if in the application currency and over Y, else fail',
        '  rule 5 A0FF = proprietary CVM A0, proprietary condition FF, else fail',
      ],
    ],
    [
      'CVM Results',
      'cvm-results',
      '410302',
      [
        '9F34 Cardholder Verification Method (CVM) Results 410302 = plaintext PIN verified by the card, if the terminal supports the CVM: successful',
      ],
    ],
    [
      'CVM Results without a CVM',
      'cvm-results',
      '3F0001',
      ['9F34 Cardholder Verification Method (CVM) Results 3F0001 = no CVM performed, failed'],
    ],
    [
      'IAD of M/Chip',
      'iad',
      '0110A00003220000000000000000000000FF',
      [
        '9F10 Issuer Application Data 0110A00003220000000000000000000000FF = M/Chip, CVN 16',
        '  derivation key index 01',
        '  cryptogram version number 10',
        '  card verification results A00003220000 = second GENERATE AC: not requested, first GENERATE AC: ARQC, script counter: 0, PIN tries left: 3, offline PIN verification not performed, domestic transaction',
        '  data authentication code or ICC dynamic number 0000',
        '  counters 00000000000000FF',
      ],
    ],
    [
      'IAD of Visa, whose CVR begins with its length',
      'iad',
      '06010A03A4A002',
      [
        '9F10 Issuer Application Data 06010A03A4A002 = Visa, CVN 10',
        '  length 06',
        '  derivation key index 01',
        '  cryptogram version number 0A',
        '  card verification results 03A4A002 = second GENERATE AC: not requested, first GENERATE AC: ARQC, issuer script commands received: 0, offline PIN verification performed, last online transaction not completed, velocity checking counters exceeded, DDA performed',
      ],
    ],
    ['IAD of nobody known', 'iad', 'FF01', ['9F10 Issuer Application Data FF01']],
    [
      'TTQ',
      'ttq',
      '36A0C000',
      [
        '9F66 PUNATC (Track2) or Terminal Transaction Qualifiers (TTQ) 36A0C000',
        '  byte 1 bit 6 = EMV mode supported',
        '  byte 1 bit 5 = EMV contact chip supported',
        '  byte 1 bit 3 = online PIN supported',
        '  byte 1 bit 2 = signature supported',
        '  byte 2 bit 8 = online cryptogram required',
        '  byte 2 bit 6 = contact chip: offline PIN supported',
        '  byte 3 bit 8 = issuer update processing supported',
        '  byte 3 bit 7 = consumer device CVM supported',
      ],
    ],
    [
      'a status word with a counter',
      'sw',
      '63C2',
      ['status word 63C2 = 63C2 warning: counter in the last digit: 2'],
    ],
    [
      'data objects with codes',
      'tlv',
      '5F2D046465656E 5F28020276 9F3501 22 870181 5F300202015F550244458A025931',
      [
        '5F2D Language Preference 6465656E = German, English',
        '5F28 Issuer Country Code 0276 = Germany (DE)',
        '9F35 Terminal Type 22 = merchant, attended, offline with online capability',
        '87 Application Priority Indicator 81 = priority 1, only with confirmation by the cardholder',
        '5F30 Service Code 0201 = international interchange, use the chip where feasible; normal authorisation; no restrictions',
        '5F55 Issuer Country Code (alpha2 format) 4445 = Germany (DE)',
        '8A Authorisation Response Code 5931 = approved offline',
      ],
    ],
    [
      'contactless data objects',
      'tlv',
      '9F6C0201009F6C0200019F6E04030000009F5D031502019F7E0101',
      [
        '9F6C Mag-stripe Application Version Number (Card) or Card Transaction Qualifiers (CTQ) 0100 = not valid for contactless ATM transactions',
        '9F6C Mag-stripe Application Version Number (Card) or Card Transaction Qualifiers (CTQ) 0001 = mag-stripe application version 1',
        '9F6E Third Party Data or Form Factor Indicator (FFI) 03000000 = form factor: mobile phone',
        '9F5D Application Capabilities Information 150201 = version 1, data storage version 5, field off detection supported',
        '9F7E Mobile Support Indicator 01 = on-device CVM supported',
      ],
    ],
  ]
  for (const [name, as, hex, lines] of values) it(name, () => assert.deepEqual(text(hex, as), lines))

  it('track data and account numbers are truncated, their dates and codes told', () =>
    assert.deepEqual(text('57114761739001010010D25122011234567890', 'tlv'), [
      '57 Track 2 Equivalent Data 47617390****0010D2512201********** = expires 2025-12, service code 201 (international interchange, use the chip where feasible; normal authorisation; no restrictions)',
    ]))
})

describe('bytes that are not what they should be', () => {
  const wrong: [string, string, DecoderName | undefined, RegExp][] = [
    ['nothing', '', undefined, /expected hexadecimal digits, got none/],
    ['nothing known', 'FFFFFFFFFFFFFF', undefined, /expected one of apdu, .* say which with --as/],
    ['a TVR of two bytes', '8000', 'tvr', /expected tvr to be 5 bytes, got 2/],
    ['a CVM List without rules', '0000000000000000', 'cvm-list', /expected cvm-list to be two amounts/],
    ['an ATR that is cut', '3BE000FF81317C41', 'atr', /expected atr to be an ATR/],
    ['BER-TLV that is cut', '5A084761', 'tlv', /expected tlv to be BER-TLV/],
  ]
  for (const [name, hex, as, message] of wrong)
    it(name, () => assert.throws(() => decode(fromHex(hex), as), { name: 'DecodeError', message }))

  it('throw nothing else, whatever they are', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 })
    fc.assert(
      fc.property(bytes, fc.option(fc.constantFrom(...DECODERS), { nil: undefined }), (value, as) => {
        try {
          assert.ok(decode(value, as).lines.length > 0)
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error))
        }
      }),
      { numRuns: 2_000, seed: 3 },
    )
  })

  it('never show an account number', () => {
    const digits = fc
      .integer({ min: 12, max: 18 })
      .chain((length) =>
        fc.tuple(
          fc.constantFrom('3', '4', '5', '6'),
          fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length - 1, maxLength: length - 1 }),
        ),
      )
    fc.assert(
      fc.property(digits, fc.constantFrom('5A', '57', '9F6B'), ([first, rest], tag) => {
        const payload = `${first}${rest.join('')}`
        const pan = `${payload}${luhnDigit(payload)}`
        const field = tag === '5A' ? pan : `${pan}D3012201`
        const value = field.length % 2 === 0 ? field : `${field}F`
        const hex = `${tag}${(value.length / 2).toString(16).padStart(2, '0')}${value}`
        assert.ok(!JSON.stringify(decode(fromHex(hex))).includes(pan))
      }),
      { numRuns: 500, seed: 3 },
    )
  })
})
