import type { Case, Sent } from './cases.ts'
import { graded, type Rule } from './rule.ts'

const came = ({ incoming }: Case): bigint => incoming?.received ?? 0n
const isPaid = (one: Case): boolean => one.incoming?.state === 'COMPLETED' && came(one) > 0n
const word = ({ payment }: Case) => payment?.word ?? null
const debited = ({ outgoing }: Case): bigint => sum(outgoing, ({ entry }) => entry?.ledger ?? 0n)
const completed = ({ outgoing }: Case) => outgoing.filter(({ payment }) => payment.state === 'COMPLETED')
const isReserved = ({ entry }: Sent): boolean => entry?.state === 'reserved'
const awaitsSettlement = ({ outgoing }: Case): boolean => outgoing.some(isReserved)
/** The terminal has its answer, the merchant ASE's book does not: its database was away. */
const isUnstored = (one: Case): boolean => one.payment?.word === null && one.tap !== null && isPaid(one)
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED']

function sum(all: readonly Sent[], amount: (one: Sent) => bigint): bigint {
  return all.reduce((total, one) => total + amount(one), 0n)
}

/** Whether cardholder and merchant have one currency, so that what left must be what came. */
function isOneAsset({ incoming, outgoing }: Case): boolean {
  return outgoing.every(
    ({ payment }) => payment.assetCode === incoming?.assetCode && payment.assetScale === incoming.assetScale,
  )
}

/** All findings there are about payments. */
export const RULES: readonly Rule<Case>[] = graded<Case>({
  unexplained: [
    {
      code: 'approved_without_money',
      text: 'expected one completed incoming payment of what was approved',
      broken: (one) => word(one) === 'Approved' && !isPaid(one),
    },
    {
      code: 'approved_by_terminal_alone',
      text: 'expected the merchant ASE to have approved what the terminal shows as approved',
      broken: (one) => one.tap === 'Approved' && word(one) !== 'Approved' && !isUnstored(one),
    },
    {
      code: 'declined_by_terminal_alone',
      text: 'expected the terminal to show what the merchant ASE approved as approved, or as failed',
      broken: (one) => one.tap === 'Declined' && word(one) === 'Approved',
    },
    {
      code: 'declined_with_money',
      text: 'expected no money for what was declined',
      broken: (one) => word(one) === 'Declined' && came(one) > 0n,
    },
    {
      code: 'failed_with_money',
      text: 'expected no money for what has failed, or that the merchant ASE knows of it',
      broken: (one) => word(one) === 'Failed' && came(one) > 0n && !one.credited,
    },
    {
      code: 'money_without_payment',
      text: 'expected a request for money that has come',
      broken: (one) => one.payment === null && came(one) > 0n,
    },
    {
      code: 'amount_differs',
      text: 'expected the amount that was asked for',
      broken: (one) => one.payment !== null && isPaid(one) && came(one) !== one.payment.amount,
    },
    {
      code: 'sent_twice',
      text: 'expected money to be sent to an incoming payment once',
      broken: (one) => completed(one).length > 1,
    },
    {
      code: 'sent_nowhere',
      text: 'expected the customer ASE to know that nothing was sent, since nothing has come',
      // Rafiki completes a payment to a receiver that is gone, without sending anything.
      broken: (one) => came(one) === 0n && completed(one).some(({ entry }) => entry === null),
    },
    {
      code: 'debited_without_money',
      text: 'expected the cardholder to pay for money that has come alone',
      broken: (one) => debited(one) > 0n && came(one) === 0n,
    },
    {
      code: 'money_without_debit',
      text: 'expected the cardholder to have paid for money that has come',
      broken: (one) => isPaid(one) && debited(one) === 0n && !awaitsSettlement(one),
    },
    {
      code: 'debit_differs',
      text: 'expected the cardholder to have paid what has come',
      broken: (one) =>
        isPaid(one) &&
        debited(one) > 0n &&
        isOneAsset(one) &&
        !awaitsSettlement(one) &&
        debited(one) !== came(one),
    },
    {
      code: 'debited_more_than_funded',
      text: 'expected the cardholder to have paid at most what the payment was funded with',
      broken: (one) => debited(one) > sum(one.outgoing, ({ payment }) => payment.debit),
    },
    {
      code: 'booked_twice',
      text: 'expected one ledger entry of a payment',
      broken: ({ outgoing }) => outgoing.some(({ entry }) => (entry?.ledgerEntries ?? 0) > 1),
    },
    {
      code: 'ledger_differs',
      text: 'expected the ledger to say what the decision says',
      broken: ({ outgoing }) =>
        outgoing.some(
          ({ entry }) => entry !== null && entry.debited !== null && entry.debited !== entry.ledger,
        ),
    },
  ],
  explained: [
    {
      code: 'late_money',
      text: 'the money came after the terminal was told that the payment has failed: refund it, or tell the merchant',
      broken: (one) => word(one) === 'Failed' && came(one) > 0n && one.credited,
    },
    {
      code: 'partly_delivered',
      text: 'a part of the money has come: withdraw and refund it, or let the payer send the rest',
      broken: (one) => came(one) > 0n && !isPaid(one),
    },
    {
      code: 'terminal_not_told',
      text: "the merchant ASE's approval has not reached the terminal: it asks again with the same request id",
      broken: (one) => one.tap === 'Failed' && word(one) === 'Approved',
    },
    {
      code: 'merchant_not_told',
      text: 'incoming_payment.completed has not reached the merchant ASE: Rafiki repeats it',
      passing: true,
      broken: (one) => word(one) === 'Approved' && isPaid(one) && !one.credited,
    },
    {
      code: 'issuer_not_told',
      text: 'the end of the outgoing payment has not reached the customer ASE, which keeps the amount reserved: Rafiki repeats it',
      passing: true,
      broken: ({ outgoing }) =>
        outgoing.some((sent) => isReserved(sent) && ENDED.includes(sent.payment.state)),
    },
    {
      code: 'sending',
      text: 'Rafiki has not brought the money yet and tries again',
      passing: true,
      broken: ({ outgoing }) => outgoing.some(({ payment }) => payment.state === 'SENDING'),
    },
    {
      code: 'answer_not_stored',
      text: "the money came and the terminal has its answer, but the merchant ASE's database was away and does not say which: as paid",
      broken: isUnstored,
    },
    {
      code: 'unanswered',
      text: 'the merchant ASE has not answered the terminal yet',
      passing: true,
      broken: (one) => one.payment?.word === null && !isUnstored(one),
    },
    {
      code: 'left_funding',
      text: 'the customer ASE has neither funded nor cancelled the outgoing payment: it should cancel it',
      broken: ({ outgoing }) => outgoing.some(({ payment }) => payment.state === 'FUNDING'),
    },
  ],
})
