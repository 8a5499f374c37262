import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Books, IssuerEntry, MerchantPayment } from './books.ts'
import { compare } from './compare.ts'
import type { IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'
import { RULES } from './rules.ts'

const EUR = { assetCode: 'EUR', assetScale: 2 }
const PAYMENT: MerchantPayment = {
  terminalId: 'till-1',
  requestId: 'request-1',
  amount: 500n,
  assetCode: 'EUR',
  receiverId: 'shop',
  createdAt: 1_000,
  word: 'Approved',
  incomingPaymentId: 'in-1',
}
const INCOMING: IncomingPayment = {
  id: 'in-1',
  walletAddressId: 'shop',
  state: 'COMPLETED',
  expected: 500n,
  received: 500n,
  createdAt: 1_100,
  ...EUR,
}
const OUTGOING: OutgoingPayment = {
  id: 'out-1',
  receiver: 'in-1',
  state: 'COMPLETED',
  debit: 506n,
  createdAt: 1_200,
  ...EUR,
}
const ENTRY: IssuerEntry = {
  outgoingPaymentId: 'out-1',
  state: 'completed',
  debited: 500n,
  ledger: 500n,
  ledgerEntries: 1,
}
/** 5.00 EUR, approved and paid. */
const SOUND: Books = {
  taps: [{ requestId: 'request-1', word: 'Approved' }],
  payments: [PAYMENT],
  incoming: [INCOMING],
  outgoing: [OUTGOING],
  entries: [ENTRY],
  back: { refunds: [], outgoing: [], incoming: [], credits: [] },
}

const payment = (change: Partial<MerchantPayment>): Partial<Books> => ({
  payments: [{ ...PAYMENT, ...change }],
})
const incoming = (change: Partial<IncomingPayment>): Partial<Books> => ({
  incoming: [{ ...INCOMING, ...change }],
})
const outgoing = (change: Partial<OutgoingPayment>): Partial<Books> => ({
  outgoing: [{ ...OUTGOING, ...change }],
})
const entry = (change: Partial<IssuerEntry>): Partial<Books> => ({ entries: [{ ...ENTRY, ...change }] })
const shown = (word: 'Approved' | 'Declined' | 'Failed'): Partial<Books> => ({
  taps: [{ requestId: 'request-1', word }],
})
const UNPAID: Partial<Books> = {
  ...incoming({ state: 'PENDING', received: 0n }),
  ...outgoing({ state: 'CANCELLED' }),
  ...entry({ state: 'declined', debited: 0n, ledger: 0n, ledgerEntries: 0 }),
}

const SECOND = {
  incoming: [INCOMING, { ...INCOMING, id: 'in-2', createdAt: 1_300 }],
  outgoing: [OUTGOING, { ...OUTGOING, id: 'out-2', receiver: 'in-2', createdAt: 1_400 }],
  entries: [ENTRY, { ...ENTRY, outgoingPaymentId: 'out-2' }],
}

const TABLE: readonly [what: string, change: Partial<Books>, codes: readonly string[]][] = [
  ['approved and paid', {}, []],
  [
    'declined',
    { ...shown('Declined'), ...payment({ word: 'Declined', incomingPaymentId: null }), ...UNPAID },
    [],
  ],
  ['no terminal was asked', { taps: [] }, []],
  ['nothing at all', { taps: [], payments: [], incoming: [], outgoing: [], entries: [] }, []],
  ['the decision is not kept any more', entry({ state: null, debited: null }), []],
  [
    'another currency, at a rate',
    {
      ...outgoing({ debit: 90_000n, assetCode: 'JPY', assetScale: 0 }),
      ...entry({ debited: 89_000n, ledger: 89_000n }),
    },
    [],
  ],

  [
    'approved, and nobody has the money',
    { ...payment({ incomingPaymentId: null }), ...UNPAID },
    ['approved_without_money'],
  ],
  [
    'approved, and no other party has heard of it',
    { ...payment({ incomingPaymentId: null }), incoming: [], outgoing: [], entries: [] },
    ['approved_without_money'],
  ],
  ['paid twice', SECOND, ['money_without_payment']],
  [
    'paid twice, debited once',
    { ...SECOND, entries: [ENTRY] },
    ['money_without_payment', 'money_without_debit'],
  ],
  [
    'declined, and the money came',
    { ...shown('Declined'), ...payment({ word: 'Declined', incomingPaymentId: null }) },
    ['declined_with_money'],
  ],
  [
    'failed, and the money came unnoticed',
    { ...shown('Failed'), ...payment({ word: 'Failed', incomingPaymentId: null }) },
    ['failed_with_money'],
  ],
  [
    'one declined and one approved for the same amount, and both have money',
    {
      ...SECOND,
      payments: [PAYMENT, { ...PAYMENT, requestId: 'request-2', word: 'Declined', incomingPaymentId: null }],
    },
    ['declined_with_money'],
  ],
  [
    'the terminal approves what has failed',
    { ...payment({ word: 'Failed', incomingPaymentId: null }), ...UNPAID },
    ['approved_by_terminal_alone'],
  ],
  [
    'the terminal approves what nobody knows',
    { payments: [], incoming: [], outgoing: [], entries: [] },
    ['approved_by_terminal_alone'],
  ],
  ['the terminal declines what is approved', shown('Declined'), ['declined_by_terminal_alone']],
  [
    'less came than was asked for',
    { ...incoming({ received: 499n }), ...entry({ debited: 499n, ledger: 499n }) },
    ['amount_differs'],
  ],
  [
    'sent twice to one incoming payment',
    {
      outgoing: [OUTGOING, { ...OUTGOING, id: 'out-2' }],
      entries: [ENTRY, { ...ENTRY, outgoingPaymentId: 'out-2' }],
    },
    ['sent_twice', 'debit_differs'],
  ],
  [
    'sent and debited, and nothing came',
    {
      ...shown('Failed'),
      ...payment({ word: 'Failed', incomingPaymentId: null }),
      ...incoming({ state: 'EXPIRED', received: 0n }),
    },
    ['debited_without_money'],
  ],
  [
    'debited for what Rafiki gave up',
    {
      ...shown('Failed'),
      ...payment({ word: 'Failed', incomingPaymentId: null }),
      ...incoming({ state: 'EXPIRED', received: 0n }),
      ...outgoing({ state: 'FAILED' }),
    },
    ['debited_without_money'],
  ],
  [
    'completed by Rafiki alone, and nothing came',
    {
      ...shown('Failed'),
      ...payment({ word: 'Failed', incomingPaymentId: null }),
      ...incoming({ state: 'EXPIRED', received: 0n }),
      entries: [],
    },
    ['sent_nowhere'],
  ],
  [
    'completed by Rafiki without sending anything, and nobody was debited',
    {
      ...shown('Failed'),
      ...payment({ word: 'Failed', incomingPaymentId: null }),
      incoming: [],
      ...entry({ debited: 0n, ledger: 0n, ledgerEntries: 0 }),
    },
    [],
  ],
  ['paid, and never debited', entry({ debited: 0n, ledger: 0n, ledgerEntries: 0 }), ['money_without_debit']],
  ['paid, and the customer ASE knows nothing', { entries: [] }, ['money_without_debit']],
  ['debited with the slippage', entry({ debited: 506n, ledger: 506n }), ['debit_differs']],
  [
    'debited more than funded',
    entry({ debited: 507n, ledger: 507n }),
    ['debit_differs', 'debited_more_than_funded'],
  ],
  [
    'booked twice',
    entry({ ledger: 1_000n, ledgerEntries: 2 }),
    ['debit_differs', 'debited_more_than_funded', 'booked_twice', 'ledger_differs'],
  ],
  [
    'debited for a payment that Rafiki does not have',
    { entries: [ENTRY, { ...ENTRY, outgoingPaymentId: 'out-9' }] },
    ['debited_for_nothing'],
  ],

  ['failed, and the money came late', { ...shown('Failed'), ...payment({ word: 'Failed' }) }, ['late_money']],
  [
    'a part of the money',
    {
      ...shown('Failed'),
      ...payment({ word: 'Failed' }),
      ...incoming({ state: 'PROCESSING', received: 200n }),
      ...entry({ debited: 200n, ledger: 200n }),
    },
    ['late_money', 'partly_delivered'],
  ],
  ['the answer to the terminal was lost', shown('Failed'), ['terminal_not_told']],
  ['the event to the merchant ASE was lost', payment({ incomingPaymentId: null }), ['merchant_not_told']],
  [
    'the event to the customer ASE was lost',
    entry({ state: 'reserved', debited: 0n, ledger: 0n, ledgerEntries: 0 }),
    ['issuer_not_told'],
  ],
  [
    'under way',
    {
      taps: [],
      ...payment({ word: null, incomingPaymentId: null }),
      ...incoming({ state: 'PENDING', received: 0n }),
      ...outgoing({ state: 'SENDING' }),
      ...entry({ state: 'reserved', debited: 0n, ledger: 0n, ledgerEntries: 0 }),
    },
    ['sending', 'unanswered'],
  ],
  ['approved without being stored', payment({ word: null }), ['answer_not_stored']],
  [
    'the issuer was silent',
    {
      ...shown('Failed'),
      ...payment({ word: 'Failed', incomingPaymentId: null }),
      incoming: [],
      ...outgoing({ state: 'FUNDING' }),
      entries: [],
    },
    ['left_funding'],
  ],
]

for (const [what, change, codes] of TABLE)
  test(`${what}: ${codes.length === 0 ? 'nothing to reconcile' : codes.join(', ')}`, () => {
    const { findings } = compare({ ...SOUND, ...change })
    assert.deepEqual(findings.map(({ code }) => code).toSorted(), [...codes].toSorted())
  })

test('every rule is broken by a line of the table', () => {
  const seen = new Set(TABLE.flatMap(([, , codes]) => codes))
  assert.deepEqual(
    RULES.map(({ code }) => code).filter((code) => !seen.has(code)),
    [],
  )
})

test('a finding tells what each party says', () => {
  const { payments, agreed, findings } = compare({ ...SOUND, ...SECOND })
  assert.deepEqual({ payments, agreed }, { payments: 2, agreed: 1 })
  assert.deepEqual(findings[0]?.says, {
    terminal: 'nothing known',
    'merchant ASE': 'nothing known',
    "merchant's Rafiki": 'incoming payment in-2 COMPLETED, received 5.00 EUR',
    "customer's Rafiki": 'outgoing payment out-2 COMPLETED, funded with 5.06 EUR at most',
    'customer ASE': 'completed, debited 500 minor units',
  })
})

test('with a period, payments that began before or after it are left out', () => {
  const lost = { ...SOUND, ...payment({ incomingPaymentId: null }), ...UNPAID }
  const counted = (from: number, to: number) => compare(lost, { from, to }).payments
  assert.deepEqual([counted(0, 1_000), counted(1_000, 1_001), counted(1_001, 2_000)], [0, 1, 0])
})

test('money is matched by wallet address, amount and time when the merchant ASE credits none', () => {
  const late = { ...INCOMING, id: 'in-0', createdAt: -10_000 }
  const { findings } = compare({
    ...SOUND,
    ...payment({ incomingPaymentId: null }),
    incoming: [late, INCOMING],
  })
  assert.deepEqual(
    findings.map(({ code }) => code),
    ['merchant_not_told', 'money_without_payment', 'money_without_debit'],
  )
})
