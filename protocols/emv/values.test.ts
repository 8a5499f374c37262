import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { encodeTag } from '../tlv/tlv.ts'
import { CURRENCIES, currencyByCode, currencyByNumeric } from './currency.ts'
import { emvDate, emvTime, fromBcd, fromEmvDateTime, NumericError, toBcd } from './numeric.ts'
import { hasLuhnDigit, luhnDigit, truncatePan } from './pan.ts'
import { TAGS, tagFormat, tagName } from './tags.ts'

describe('decimal digits (format n)', () => {
  it('round trip of whatever fits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999_999_999n }), (value) => {
        assert.equal(fromBcd(toBcd(value, 6)), value)
        assert.equal(toHex(toBcd(value, 6)), value.toString().padStart(12, '0'))
      }),
    )
  })

  it('refuses what does not fit and what is no number', () => {
    for (const [value, bytes] of [
      [100, 1],
      [-1, 6],
      [1.5, 6],
      [10n ** 12n, 6],
      [Number.NaN, 1],
    ] as const)
      assert.throws(() => toBcd(value, bytes), RangeError)
  })

  it('refuses every other nibble, and no bytes', () => {
    for (const hex of ['', '0A', 'A0', '00000000010F', 'FF']) {
      assert.throws(
        () => fromBcd(fromHex(hex)),
        (error) => error instanceof NumericError && !error.message.includes('010F'),
      )
    }
  })
})

describe('dates and times', () => {
  it('are those of UTC', () => {
    const ms = Date.UTC(2026, 1, 28, 23, 59, 58, 999)
    assert.equal(toHex(emvDate(ms)), '260228')
    assert.equal(toHex(emvTime(ms)), '235958')
    assert.equal(fromEmvDateTime(emvDate(ms), emvTime(ms)), ms - 999)
    assert.equal(fromEmvDateTime(fromHex('500101')), Date.UTC(1950, 0, 1))
    assert.equal(fromEmvDateTime(fromHex('491231')), Date.UTC(2049, 11, 31))
  })

  it('round trip', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1950, 0, 1) / 1000, max: Date.UTC(2049, 11, 31) / 1000 }),
        (seconds) => {
          assert.equal(fromEmvDateTime(emvDate(seconds * 1000), emvTime(seconds * 1000)), seconds * 1000)
        },
      ),
    )
  })

  const wrong = [
    '260229 000000',
    '261301 000000',
    '260001 000000',
    '260100 000000',
    '260101 240000',
    '260101 006000',
    '260101 000060',
    '26010A 000000',
    '2601 000000',
    '260101 0000',
    '391399 999999',
  ]
  for (const text of wrong) {
    it(`refuses ${text}`, () => {
      const [date = '', time = ''] = text.split(' ')
      assert.throws(() => fromEmvDateTime(fromHex(date), fromHex(time)), NumericError)
    })
  }
})

describe('account numbers', () => {
  const truncated: [string, string][] = [
    ['4761739001010010', '47617390****0010'],
    ['476173900101001', '476173*****1001'],
    ['4761739001017', '476173***1017'],
    ['6304000000000000000', '63040000*******0000'],
    ['123456789012', '********9012'],
    ['1234', '****'],
    ['', ''],
  ]
  for (const [pan, shown] of truncated) {
    it(`shows ${shown || 'nothing of nothing'}`, () => assert.equal(truncatePan(pan), shown))
  }

  it('end with the check digit of ISO/IEC 7812-1', () => {
    for (const pan of ['4761739001010010', '5413330089020011', '374245455400001', '79927398713']) {
      assert.equal(luhnDigit(pan.slice(0, -1)), pan.slice(-1))
      assert.ok(hasLuhnDigit(pan))
    }
    assert.ok(!hasLuhnDigit('4761739001010011'))
  })
})

describe('currencies (ISO 4217)', () => {
  it('are found by letters and by number, with their decimal places', () => {
    assert.deepEqual(currencyByCode('EUR'), { code: 'EUR', numeric: '0978', exponent: 2 })
    assert.deepEqual(currencyByNumeric('0392'), { code: 'JPY', numeric: '0392', exponent: 0 })
    assert.deepEqual(currencyByNumeric('0414'), { code: 'KWD', numeric: '0414', exponent: 3 })
    assert.equal(currencyByCode('XXX'), undefined)
    assert.equal(currencyByNumeric('978'), undefined)
  })

  it('have one entry each, and the decimal places that the runtime knows', () => {
    assert.equal(new Set(CURRENCIES.map(({ code }) => code)).size, CURRENCIES.length)
    assert.equal(new Set(CURRENCIES.map(({ numeric }) => numeric)).size, CURRENCIES.length)
    for (const { code, numeric, exponent } of CURRENCIES) {
      assert.match(numeric, /^0\d{3}$/)
      const format = new Intl.NumberFormat('en', { style: 'currency', currency: code })
      // CLDR prefers fewer places than ISO 4217 for some currencies in daily use.
      if (!['COP', 'HUF', 'IDR', 'IQD', 'PKR'].includes(code))
        assert.equal(format.resolvedOptions().maximumFractionDigits, exponent, code)
    }
  })
})

describe('table of tags', () => {
  it('has well-formed tags, and knows the ones of a payment', () => {
    for (const tag of Object.keys(TAGS)) assert.equal(toHex(encodeTag(tag)), tag)
    assert.ok(Object.keys(TAGS).length >= 120)
    assert.equal(tagName('9F36'), 'Application Transaction Counter (ATC)')
    assert.equal(tagFormat('9F02'), 'n')
    assert.equal(tagName('DF7E'), 'unknown data object')
    assert.equal(tagFormat('DF7E'), 'b')
  })
})
