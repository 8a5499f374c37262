import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromHex } from '../bytes/bytes.ts'
import { AtrError, parseAtr } from './atr.ts'
import { describeAtr } from './describe-atr.ts'

const text = (hex: string) =>
  describeAtr(fromHex(hex)).map(({ depth, name, hex, meaning }) =>
    [`${'  '.repeat(depth)}${name}`, hex, meaning === null ? '' : `= ${meaning}`]
      .filter((part) => part !== '')
      .join(' '),
  )

describe('Answers to Reset', () => {
  // The first four are of emv-utils, tests/emv_atr_parse_test.c; the next of PC/SC part 3, 3.1.3.2.3.2.
  const atrs: [string, string, string[]][] = [
    [
      'basic, T=0',
      '3B600000',
      [
        'Answer to Reset 3B600000 = T=0',
        '  TS 3B = direct convention',
        '  T0 60 = 0 historical bytes, then TB TC',
        '  TB1 00 = no programming voltage',
        '  TC1 00 = extra guard time 0',
      ],
    ],
    [
      'basic, T=1',
      '3BE000FF81317C4192',
      [
        'Answer to Reset 3BE000FF81317C4192 = T=1',
        '  TS 3B = direct convention',
        '  T0 E0 = 0 historical bytes, then TB TC TD',
        '  TB1 00 = no programming voltage',
        '  TC1 FF = least guard time of the protocol',
        '  TD1 81 = T=1, then TD',
        '  TD2 31 = T=1, then TA TB',
        '  TA3 7C = information field of the card up to 124 bytes (T=1)',
        '  TB3 41 = character and block waiting time integers 1 and 4 (T=1)',
        '  TCK 92 = right',
      ],
    ],
    [
      'complex, T=0',
      '3BF41300FFD0000A3F0300DEADBEEFDC',
      [
        'Answer to Reset 3BF41300FFD0000A3F0300DEADBEEFDC = T=0, T=15',
        '  TS 3B = direct convention',
        '  T0 F4 = 4 historical bytes, then TA TB TC TD',
        '  TA1 13 = Fi 372, Di 4',
        '  TB1 00 = no programming voltage',
        '  TC1 FF = least guard time of the protocol',
        '  TD1 D0 = T=0, then TA TC TD',
        '  TA2 00 = specific mode, T=0, can change to negotiable mode',
        '  TC2 0A = work waiting time integer 10 (T=0)',
        '  TD2 3F = T=15, then TA TB',
        '  TA3 03 = class A (5 V), B (3 V), clock stop not supported',
        '  TB3 00 = use of contact C6',
        '  historical bytes DEADBEEF',
        '    proprietary DEADBEEF',
        '  TCK DC = right',
      ],
    ],
    [
      'with historical bytes of category 00',
      '3BDA18FF81B1FE751F030031F573C78A40009000B0',
      [
        'Answer to Reset 3BDA18FF81B1FE751F030031F573C78A40009000B0 = T=1, T=15',
        '  TS 3B = direct convention',
        '  T0 DA = 10 historical bytes, then TA TC TD',
        '  TA1 18 = Fi 372, Di 12',
        '  TC1 FF = least guard time of the protocol',
        '  TD1 81 = T=1, then TD',
        '  TD2 B1 = T=1, then TA TB TD',
        '  TA3 FE = information field of the card up to 254 bytes (T=1)',
        '  TB3 75 = character and block waiting time integers 5 and 7 (T=1)',
        '  TD3 1F = T=15, then TA',
        '  TA4 03 = class A (5 V), B (3 V), clock stop not supported',
        '  historical bytes 0031F573C78A40009000',
        '    category indicator 00 = compact data objects, then a status indicator of three bytes',
        '    card service data F5 = selection by full name, selection by partial name, data objects in the directory file, data objects in the ATR file, no master file',
        '    card capabilities C78A40 = selection by full name, selection by partial name, short file identifiers, record numbers, record identifiers, extended lengths',
        '    status indicator 009000 = life cycle 00, status word 9000',
        '  TCK B0 = right',
      ],
    ],
    [
      'a storage card in a contactless reader',
      '3B8F8001804F0CA000000306030001000000006A',
      [
        'Answer to Reset 3B8F8001804F0CA000000306030001000000006A = contactless card, made up by the PC/SC reader',
        '  TS 3B = direct convention',
        '  T0 8F = 15 historical bytes, then TD',
        '  TD1 80 = T=0, then TD',
        '  TD2 01 = T=1',
        '  historical bytes 804F0CA00000030603000100000000',
        '    category indicator 80 = compact data objects',
        '    PC/SC application identifier A00000030603000100000000 = storage card, ISO/IEC 14443 A, part 3, MIFARE Classic 1K',
        '  TCK 6A = right',
      ],
    ],
    [
      'a payment card in a contactless reader',
      '3B8580018073C6014070',
      [
        'Answer to Reset 3B8580018073C6014070 = contactless card, made up by the PC/SC reader',
        '  TS 3B = direct convention',
        '  T0 85 = 5 historical bytes, then TD',
        '  TD1 80 = T=0, then TD',
        '  TD2 01 = T=1',
        '  historical bytes 8073C60140',
        '    category indicator 80 = compact data objects',
        '    card capabilities C60140 = selection by full name, selection by partial name, short file identifiers, record numbers, extended lengths',
        '  TCK 70 = right',
      ],
    ],
  ]
  for (const [name, hex, lines] of atrs) it(name, () => assert.deepEqual(text(hex), lines))

  it('a check byte that is wrong is told, not refused', () =>
    assert.deepEqual(parseAtr(fromHex('3BE000FF81317C4193')).check, { value: 0x93, right: false }))

  const wrong: [string, string, RegExp][] = [
    ['no bytes', '', /2 to 33 bytes .* got 0/],
    ['another first byte', '3A00', /begins with 3B or 3F/],
    ['the check byte missing', '3BE000FF81317C41', /of 9 bytes, as it says itself, got 8/],
    ['an interface byte missing', '3BF0', /expected interface byte TA1/],
    ['more than it says', '3B0000', /of 2 bytes, as it says itself, got 3/],
  ]
  for (const [name, hex, message] of wrong)
    it(name, () => assert.throws(() => parseAtr(fromHex(hex)), { name: 'AtrError', message }))

  it('any bytes are read or refused', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.of(0x3b, ...rest))
    fc.assert(
      fc.property(bytes, (value) => {
        try {
          assert.ok(describeAtr(value).length > 1)
        } catch (error) {
          assert.ok(error instanceof AtrError, String(error))
        }
      }),
      { numRuns: 1_000, seed: 3 },
    )
  })
})
