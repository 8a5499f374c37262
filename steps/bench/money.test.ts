import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMoney, parseMoney } from './money.ts'

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
