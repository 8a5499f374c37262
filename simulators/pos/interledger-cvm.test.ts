import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { type CardholderVerification, verificationOf } from './interledger-cvm.ts'
import { requireCurrency } from './transaction.ts'

const X = '00001388'
const NONE = '00000000'

interface Case {
  list: string
  amount?: bigint
  currency?: string
  onlinePin?: boolean
  aip?: string
  is: CardholderVerification | null
}

const CASES: Record<string, Case> = {
  'no CVM under X': { list: `${X}${NONE}1F060200`, amount: 4_999n, is: 'no CVM' },
  'PIN at X': { list: `${X}${NONE}1F060200`, is: 'online PIN' },
  'PIN in another currency': { list: `${X}${NONE}1F060200`, amount: 1n, currency: 'USD', is: 'online PIN' },
  'a terminal without PIN': { list: `${X}${NONE}1F060200`, onlinePin: false, is: 'failed' },
  'a rule that may be passed over': { list: `${NONE}${NONE}42001F00`, onlinePin: false, is: 'no CVM' },
  'online PIN only where supported': { list: `${NONE}${NONE}02031F00`, onlinePin: false, is: 'no CVM' },
  'a signature is not for this card': { list: `${NONE}${NONE}1E000200`, is: 'failed' },
  'fail CVM': { list: `${NONE}${NONE}00000200`, is: 'failed' },
  'no rule applies': { list: `${X}${NONE}0206`, is: 'failed' },
  'no rules': { list: `${NONE}${NONE}`, is: 'no CVM' },
  'a card that does not verify': { list: `${NONE}${NONE}0200`, aip: '0000', is: null },
}

for (const [
  name,
  { list, amount = 5_000n, currency = 'EUR', onlinePin = true, aip = '1000', is },
] of Object.entries(CASES))
  test(`cardholder verification: ${name}`, () => {
    const found = situation(list, { amount, currency, onlinePin, aip })
    assert.deepEqual(verificationOf(found), { done: true, value: is })
  })

test('cardholder verification: a list that is none ends the tap', () => {
  const found = verificationOf(situation('00', { amount: 1n, currency: 'EUR', onlinePin: true, aip: '1000' }))
  assert.equal(found.done, false)
})

function situation(
  list: string,
  { amount, currency, onlinePin, aip }: { amount: bigint; currency: string; onlinePin: boolean; aip: string },
) {
  const records = new Map([
    ['8E', fromHex(list)],
    ['9F42', fromHex('0978')],
  ])
  const empty = new Uint8Array()
  const times = { date: empty, time: empty, unpredictableNumber: empty, receiver: '' }
  const transaction = { ...times, amount, currency: requireCurrency(currency) }
  return { aip: fromHex(aip), records, transaction, onlinePin }
}
