import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMoney, parseMoney, parsePrice } from './money.ts'

const CASES = [
  ['12.50', 'EUR', 1250n, '12.50 EUR'],
  ['12.5', 'EUR', 1250n, '12.50 EUR'],
  ['0.01', 'EUR', 1n, '0.01 EUR'],
  ['1250', 'JPY', 1250n, '1250 JPY'],
  ['3.505', 'KWD', 3505n, '3.505 KWD'],
] as const

for (const [amount, code, value, text] of CASES) {
  test(`${amount} ${code} is ${value} minor units`, () => {
    const money = parseMoney(amount, code)
    assert.equal(money.value, value)
    assert.equal(formatMoney(money), text)
  })
}

for (const [amount, code] of [
  ['1.5', 'JPY'],
  ['1.234', 'EUR'],
  ['-1', 'EUR'],
  ['', 'EUR'],
  ['1,5', 'EUR'],
  ['1', 'XXQ'],
] as const) {
  test(`"${amount}" ${code} is refused`, () => {
    assert.throws(() => parseMoney(amount, code), { name: 'ConfigurationError' })
  })
}

for (const [amount, code] of [
  ['0', 'EUR'],
  ['0.00', 'EUR'],
  ['10000000000.00', 'EUR'],
  ['1000000000', 'KWD'],
] as const) {
  test(`${amount} ${code} cannot be paid by card`, () => {
    assert.throws(() => parsePrice(amount, code), {
      name: 'ConfigurationError',
      message: /^expected an amount of 0\.0+1 [A-Z]{3} to 9+\.9+ [A-Z]{3}, got "\d/,
    })
  })
}

for (const [amount, code, value] of [
  ['0.01', 'EUR', 1n],
  ['9999999999.99', 'EUR', 999_999_999_999n],
] as const) {
  test(`${amount} ${code} can be paid by card`, () => assert.equal(parsePrice(amount, code).value, value))
}
