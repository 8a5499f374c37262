import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fromHex } from '../bytes/bytes.ts'
import { COUNTRIES, countryByAlpha2, countryByNumeric } from './country.ts'
import { FAMILY_NAMES, type FamilyName } from './cryptograms/families.ts'
import { describeCvmRule } from './cvm.ts'
import { describeCvr } from './cvr.ts'
import { languagesOf } from './language.ts'
import { describeServiceCode } from './service-code.ts'

describe('countries', () => {
  it('by number and by letters', () => {
    assert.equal(countryByNumeric('0276'), 'Germany (DE)')
    assert.equal(countryByNumeric('0840'), 'United States (US)')
    assert.equal(countryByNumeric('0999'), null)
    assert.equal(countryByNumeric('9276'), null)
    assert.equal(countryByAlpha2('de'), null)
  })

  it('all 249 of ISO 3166-1, in order, each with a name', () => {
    assert.equal(COUNTRIES.length, 249)
    assert.deepEqual(
      COUNTRIES.map(([code]) => code).toSorted(),
      COUNTRIES.map(([code]) => code),
    )
    for (const [code] of COUNTRIES) assert.ok(countryByNumeric(`0${code}`), code)
  })
})

it('languages, ISO 639-1', () => {
  assert.equal(languagesOf('deenfr'), 'German, English, French')
  assert.equal(languagesOf('xq'), 'unknown (xq)')
  assert.equal(languagesOf('deu'), null)
})

it('service codes, ISO/IEC 7813', () => {
  assert.equal(
    describeServiceCode('226'),
    'international interchange, use the chip where feasible; authorisation by the issuer, online; no restrictions, prompt for PIN if there is a PIN pad',
  )
  assert.equal(describeServiceCode('309'), 'digit 1 reserved; normal authorisation; digit 3 reserved')
  assert.equal(describeServiceCode('20'), null)
})

it('CVM rules that nobody has defined', () => {
  assert.equal(
    describeCvmRule({ code: 0x50, condition: 0x0a }),
    'reserved CVM 50, reserved condition 0A, else next rule',
  )
})

describe('card verification results', () => {
  const cases: [FamilyName, string, string[] | null][] = [
    [
      'ccd-tdes',
      '9031000000',
      [
        'second GENERATE AC: not requested',
        'first GENERATE AC: TC',
        'PIN tries left: 3',
        'issuer script commands processed: 0',
        'last online transaction not completed',
      ],
    ],
    [
      'visa-cvn-22',
      '00A0000000',
      ['second GENERATE AC: not requested', 'first GENERATE AC: ARQC', 'issuer script commands received: 0'],
    ],
    [
      'mchip-cvn-21',
      'E5B012000300',
      [
        'second GENERATE AC: reserved',
        'first GENERATE AC: ARQC',
        'script counter: 1',
        'PIN tries left: 2',
        'offline PIN verification performed',
        'offline PIN verification successful',
        'DDA returned',
        'CDA returned in second GENERATE AC',
        'issuer authentication performed',
        'script received',
        'script failed',
      ],
    ],
    ['interac-cvn-133', '03A4A00200', null],
  ]
  for (const [family, hex, words] of cases)
    it(family, () => assert.deepEqual(describeCvr(family, fromHex(hex)), words))

  it('every family has an entry', () => {
    for (const family of FAMILY_NAMES) assert.doesNotThrow(() => describeCvr(family, new Uint8Array(6)))
  })
})
