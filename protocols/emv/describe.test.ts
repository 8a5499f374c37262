import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fromHex } from '../bytes/bytes.ts'
import { parseDol } from '../tlv/dol.ts'
import { describeCommand, describeResponse, type Line } from './describe.ts'

const text = (lines: readonly Line[]) =>
  lines.map(({ depth, name, hex, meaning }) =>
    [`${'  '.repeat(depth)}${name}`, hex, meaning === null ? '' : `= ${meaning}`]
      .filter((part) => part !== '')
      .join(' '),
  )

const RECEIVER = `24706F732E6578616D706C652F73686F70${'00'.repeat(47)}`
const SENDER = `24612E6578616D706C652F62${'00'.repeat(52)}`

describe('APDUs in words', () => {
  const commands: [string, string, string[]][] = [
    [
      'SELECT of the PPSE',
      '00A404000E325041592E5359532E444446303100',
      [
        'SELECT 00A40400 = first or only occurrence',
        '  84 Dedicated File (DF) Name 325041592E5359532E4444463031 = 2PAY.SYS.DDF01',
      ],
    ],
    [
      'SELECT of the application',
      '00A404020AA00000015103010C060100',
      [
        'SELECT 00A40402 = next occurrence',
        '  84 Dedicated File (DF) Name A00000015103010C0601 = Interledger',
      ],
    ],
    [
      'GET PROCESSING OPTIONS',
      '80A8000002830000',
      ['GET PROCESSING OPTIONS 80A80000', '  83 Command Template'],
    ],
    [
      'GET PROCESSING OPTIONS with data',
      '80A80000048302097800',
      ['GET PROCESSING OPTIONS 80A80000', '  83 Command Template 0978'],
    ],
    ['READ RECORD', '00B2010C00', ['READ RECORD 00B2010C = SFI 1, record 1']],
    [
      'GENERATE AC of another application',
      '80AE8000020102',
      ['GENERATE AC 80AE8000 = ARQC requested', '  data 0102'],
    ],
    [
      'GENERATE AC',
      `80AEC10095${'0001000000001250097802261121120000DEADBEEF'}${RECEIVER}${SENDER}00`,
      [
        'GENERATE AC 80AEC100 = type 11 requested, as Interledger terminals do',
        '  9F36 Application Transaction Counter (ATC) 0001 = 1',
        '  9F02 Amount, Authorised (Numeric) 000000001250 = 1250',
        '  5F2A Transaction Currency Code 0978 = EUR',
        '  5F36 Transaction Currency Exponent 02 = 2',
        '  9A Transaction Date 261121 = 2026-11-21',
        '  9F21 Transaction Time 120000 = 12:00:00',
        '  9F37 Unpredictable Number DEADBEEF',
        `  DF01 Receiver Wallet Address (payment pointer, Interledger) ${RECEIVER} = $pos.example/shop`,
        `  DF02 Sender Wallet Address (payment pointer, Interledger) ${SENDER} = $a.example/b`,
      ],
    ],
    ['an unknown command', '12345678', ['unknown command 1234****']],
    ['VERIFY', '0020008008241234FFFFFFFFFF', ['VERIFY 00200080', '  data ****************']],
    ['a command that is cut', '00A40400', ['SELECT 00A40400 = first or only occurrence']],
    ['no command', '00A4', ['command that cannot be read 00A4']],
  ]
  for (const [name, apdu, lines] of commands) {
    it(name, () => assert.deepEqual(text(describeCommand(fromHex(apdu))), lines))
  }

  it('data in the order of a list that the card gave', () => {
    const dol = parseDol(fromHex('9F37029A03'))
    assert.deepEqual(text(describeCommand(fromHex('80A80000078305AABB26112100'), dol)), [
      'GET PROCESSING OPTIONS 80A80000',
      '  83 Command Template AABB261121',
      '  9F37 Unpredictable Number AABB',
      '  9A Transaction Date 261121 = 2026-11-21',
    ])
  })

  const responses: [string, string, string, string[]][] = [
    ['a status word', '00B2010C00', '6A83', ['status word 6A83 = 6A83 record not found']],
    [
      'options in format 2',
      '80A8000002830000',
      '770F820219809404080101009F360200019000',
      [
        'status word 9000 = 9000 normal processing',
        '  77 Response Message Template Format 2',
        '    82 Application Interchange Profile 1980 = cardholder verification supported, terminal risk management to be performed, CDA supported, EMV mode supported',
        '    94 Application File Locator (AFL) 08010100 = SFI 1 record 1',
        '    9F36 Application Transaction Counter (ATC) 0001 = 1',
      ],
    ],
    [
      'options in format 1',
      '80A8000002830000',
      '800A1980080102011001030 09000',
      [
        'status word 9000 = 9000 normal processing',
        '  80 Response Message Template Format 1',
        '    82 Application Interchange Profile 1980 = cardholder verification supported, terminal risk management to be performed, CDA supported, EMV mode supported',
        '    94 Application File Locator (AFL) 0801020110010300 = SFI 1 records 1 to 2, 1 signed; SFI 2 records 1 to 3',
      ],
    ],
    [
      'a cryptogram in format 1',
      '80AE800000',
      '800B8000016EF3F46538F092F49000',
      [
        'status word 9000 = 9000 normal processing',
        '  80 Response Message Template Format 1',
        '    9F27 Cryptogram Information Data 80 = ARQC',
        '    9F36 Application Transaction Counter (ATC) 0001 = 1',
        '    9F26 Application Cryptogram 6EF3F46538F092F4',
      ],
    ],
    [
      'a record',
      '00B2010C00',
      '701F5A0847617390010100105F24032512315F280208409C01008C059F37049A039000',
      [
        'status word 9000 = 9000 normal processing',
        '  70 READ RECORD Response Message Template',
        '    5A Application Primary Account Number (PAN) 47617390****0010',
        '    5F24 Application Expiration Date 251231 = 2025-12-31',
        '    5F28 Issuer Country Code 0840 = United States (US)',
        '    9C Transaction Type 00 = purchase',
        '    8C Card Risk Management Data Object List 1 (CDOL1) 9F37049A03',
        '      9F37 Unpredictable Number = 4 bytes',
        '      9A Transaction Date = 3 bytes',
      ],
    ],
    [
      'verification results',
      '80AE800000',
      '7712950580008008009B02E8009F2701C19C01029000',
      [
        'status word 9000 = 9000 normal processing',
        '  77 Response Message Template Format 2',
        '    95 Terminal Verification Results 8000800800 = offline data authentication was not performed, cardholder verification was not successful, merchant forced transaction online',
        '    9B Transaction Status Information E800 = offline data authentication was performed, cardholder verification was performed, card risk management was performed, terminal risk management was performed',
        '    9F27 Cryptogram Information Data C1 = Interledger ECDSA cryptogram',
        '    9C Transaction Type 02',
      ],
    ],
    [
      'values that break their format',
      '00B2010C00',
      '70149A03269901 9404FFFFFFFF5F2A02999950020001 9000',
      [
        'status word 9000 = 9000 normal processing',
        '  70 READ RECORD Response Message Template',
        '    9A Transaction Date 269901',
        '    94 Application File Locator (AFL) FFFFFFFF',
        '    5F2A Transaction Currency Code 9999',
        '    50 Application Label 0001',
      ],
    ],
    ['a response that is cut', '00B2010C00', '700A5A084711', ['response that cannot be read 700A********']],
    ['nothing', '00B2010C00', '', ['response without status word']],
  ]
  for (const [name, command, apdu, lines] of responses) {
    it(name, () => assert.deepEqual(text(describeResponse(fromHex(command), fromHex(apdu))), lines))
  }
})
