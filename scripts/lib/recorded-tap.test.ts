import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordedTap } from './recorded-tap.ts'

const card = 'tap-interledger'

test('a card profile is no recording', () => {
  assert.equal(recordedTap({ card: 'interledger' }), null)
})

test('the conditions of a recorded transaction, also when they are asked for', () => {
  for (const wanted of [{}, { amount: '12.5', currency: 'EUR', terminal: 'default' }]) {
    const { amount, conditions } = recordedTap({ card, ...wanted }) ?? assert.fail('no recording')
    assert.deepEqual(amount, { value: 1250n, currency: 'EUR', scale: 2 })
    assert.deepEqual([conditions.profile, conditions.unpredictableNumber], ['default', '6B984E6B'])
  }
})

const REFUSED: [wanted: Parameters<typeof recordedTap>[0], message: RegExp][] = [
  [{ card: 'survey-mchip-like-contact' }, /expected a recording of a transaction.*card record --tap/],
  [{ card: 'session-mastercard-contactless' }, /another terminal's session.*card replay session-mastercard/],
  [{ card, amount: '3' }, /expected the amount .* 12\.50 EUR, got 3.*leave --amount out/],
  [{ card, currency: 'USD' }, /expected the currency .* EUR, got USD/],
  [{ card, terminal: 'contact' }, /expected the terminal .* default, got contact/],
]

for (const [wanted, message] of REFUSED)
  test(`refused: ${Object.values(wanted).join(' ')}`, () => {
    assert.throws(() => recordedTap(wanted), { name: 'ConfigurationError', message })
  })
