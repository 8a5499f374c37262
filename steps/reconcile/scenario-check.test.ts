import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Bench } from '../bench/bench.ts'
import { loadProfile } from '../bench/profile.ts'
import { mutation } from '../rafiki/operations.ts'
import { checkMoney } from './scenario-check.ts'

const AMOUNT = { value: 1_250n, currency: 'EUR', scale: 2 }

test('a bench whose money is doubled', async (t) => {
  const profile = loadProfile('simulator', {})
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport: 'loopback' } })
  t.after(() => bench.close())
  const holder = await bench.openAccount({ ...AMOUNT, value: 5_000n })
  const shop = await bench.openShop({ currency: 'EUR' })
  const { image } = await bench.issueCard(holder, { profile: 'interledger' })
  await bench.slot.insert(image)
  const tap = await shop.terminal.tap({ reader: bench.slot.reader, amount: AMOUNT.value, currency: 'EUR' })
  assert.equal(tap.outcome.word, 'Approved')

  await payPastEverybody(bench, holder.walletAddressId, shop.walletAddressId ?? '')
  await assert.rejects(checkMoney({ bench, taps: [tap] }), ({ message }: Error) => {
    assert.match(
      message,
      /^money_without_payment: expected a request for money that has come\n {2}terminal: nothing known\n/,
    )
    assert.match(message, /\n {2}merchant's Rafiki: incoming payment \S+ COMPLETED, received 12\.50 EUR\n/)
    assert.match(message, /\nmoney_without_debit: /)
    return true
  })
  assert.deepEqual(await checkMoney({ bench, taps: [] }), [], 'what was checked is not checked again')
})

/** The same money once more, by the Admin APIs alone: no tap, no decision. */
async function payPastEverybody({ services, clock }: Bench, from: string, to: string): Promise<void> {
  const { admin, customer } = services
  const isPaid = (data: object) => JSON.stringify(data).includes('"COMPLETED"')
  await customer.behave({ silent: true })
  const incomingAmount = { value: String(AMOUNT.value), assetCode: 'EUR', assetScale: 2 }
  const { createIncomingPayment } = await admin.merchant.run<
    Record<string, { payment: { id: string; url: string } }>
  >(mutation('createIncomingPayment'), { input: { walletAddressId: to, incomingAmount } })
  const { createOutgoingPaymentFromIncomingPayment } = await admin.customer.run<
    Record<string, { payment: { id: string } }>
  >(mutation('createOutgoingPaymentFromIncomingPayment'), {
    input: { walletAddressId: from, incomingPayment: createIncomingPayment?.payment.url },
  })
  await admin.customer.run(mutation('depositOutgoingPaymentLiquidity'), {
    input: {
      outgoingPaymentId: createOutgoingPaymentFromIncomingPayment?.payment.id,
      idempotencyKey: randomUUID(),
    },
  })
  const query = 'query ($id: String!) { incomingPayment(id: $id) { state } }'
  const end = clock.now() + 10_000
  while (!isPaid(await admin.merchant.run<object>(query, { id: createIncomingPayment?.payment.id })))
    assert.ok(clock.now() < end, 'expected the money to come within 10 s')
}
