import assert from 'node:assert/strict'
import { test } from 'node:test'
import { command, Session } from './testing/session.ts'

for (const amount of ['00000000000A', '000001E00005', 'FFFFFFFFFFFF'])
  test(`an amount of ${amount} is wrong data, and the card counts as before`, () => {
    const session = new Session('mchip-like-contact')
    session.begin()
    session.told['9F02'] = amount
    assert.equal(session.status(session.generate('40')), '6A80')
    session.told['9F02'] = '000000000100'
    assert.equal(session.status(session.generate('40')), '9000')
    const [{ offlineAmount } = { offlineAmount: null }] = session.card.snapshot().memories
    assert.equal(offlineAmount, 100)
  })

test('a script after mag-stripe mode, which makes no cryptogram, finds no session key', () => {
  const session = new Session('mchip-like-contactless')
  session.begin()
  assert.equal(session.status(command('802A8E80', '00000123')), '9000')
  assert.equal(session.status('841E000008' + '0102030405060708'), '6985')
})
