import { type Finding, findingsOf } from './finding.ts'
import type { IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'
import type { IssuerCredit, MerchantRefund, RefundBooks } from './refund-books.ts'
import { graded, type Rule } from './rule.ts'
import { incomingSays, NOTHING, outgoingSays, type Testimony } from './testimony.ts'

/** One refund, as far as the parties' entries can be brought together. */
interface RefundCase {
  refund: MerchantRefund | null
  outgoing: OutgoingPayment | null
  incoming: IncomingPayment | null
  credit: IssuerCredit | null
}

const came = ({ incoming }: RefundCase): bigint => incoming?.received ?? 0n

function isUnsent({ refund }: RefundCase): boolean {
  return refund?.state === 'pending' && refund.outgoingPaymentId === null
}

function isOneAsset({ outgoing, incoming }: RefundCase): boolean {
  return outgoing?.assetCode === incoming?.assetCode && outgoing?.assetScale === incoming?.assetScale
}

export const REFUND_RULES: readonly Rule<RefundCase>[] = graded<RefundCase>({
  unexplained: [
    {
      code: 'refunded_more_than_paid',
      text: 'expected at most what was paid to be given back',
      broken: ({ refund }) => refund !== null && refund.givenBack > (refund.paid ?? 0n),
    },
    {
      code: 'given_back_without_refund',
      text: 'expected a refund for money that went back',
      broken: (one) => one.refund === null && came(one) > 0n,
    },
    {
      code: 'refund_without_money',
      text: 'expected the money of a completed refund to have come',
      broken: (one) => one.refund?.state === 'completed' && came(one) === 0n,
    },
    {
      code: 'failed_refund_with_money',
      text: 'expected no money for a refund that has failed',
      broken: (one) => one.refund?.state === 'failed' && came(one) > 0n,
    },
    {
      code: 'refund_differs',
      text: 'expected the amount of the refund',
      broken: (one) =>
        one.refund !== null && came(one) > 0n && isOneAsset(one) && came(one) !== one.refund.amount,
    },
    {
      code: 'credit_differs',
      text: 'expected the cardholder to have got what has come',
      broken: (one) => one.credit !== null && one.credit.amount !== came(one),
    },
  ],
  explained: [
    {
      code: 'refund_under_way',
      text: 'the refund has been sent, the merchant ASE has not been told how it ended: Rafiki repeats it',
      passing: true,
      broken: ({ refund }) => refund?.state === 'pending' && refund.outgoingPaymentId !== null,
    },
    {
      code: 'refund_not_sent',
      text: 'the refund could not be sent: ask for it once more with the same id',
      broken: (one) => came(one) === 0n && (one.refund?.state === 'failed' || isUnsent(one)),
    },
    {
      code: 'refund_not_credited',
      text: 'incoming_payment.completed has not reached the customer ASE: Rafiki repeats it',
      passing: true,
      broken: (one) => one.incoming?.state === 'COMPLETED' && came(one) > 0n && one.credit === null,
    },
  ],
})

/** Holds the parties' books about refunds against each other. */
export function compareRefunds(books: RefundBooks): Finding[] {
  return refundCases(books).flatMap((one) => findingsOf(REFUND_RULES, one, testimonyOf))
}

function refundCases({ refunds, outgoing, incoming, credits }: RefundBooks): RefundCase[] {
  const incomingOf = new Map(incoming.map((one) => [one.id, one]))
  const creditOf = new Map(credits.map((one) => [one.incomingPaymentId, one]))
  const refundOf = new Map(refunds.map((one) => [one.outgoingPaymentId, one]))
  const sent = outgoing.map((one) => ({
    refund: refundOf.get(one.id) ?? null,
    outgoing: one,
    incoming: incomingOf.get(one.receiver) ?? null,
    credit: creditOf.get(one.receiver) ?? null,
  }))
  const known = new Set(outgoing.map(({ id }) => id))
  const unsent = refunds.filter(({ outgoingPaymentId: id }) => id === null || !known.has(id))
  return [...sent, ...unsent.map((refund) => ({ refund, outgoing: null, incoming: null, credit: null }))]
}

function testimonyOf({ refund, outgoing, incoming, credit }: RefundCase): Testimony {
  return {
    terminal: NOTHING,
    'merchant ASE':
      refund === null
        ? NOTHING
        : `refund ${refund.id} ${refund.state}, ${refund.amount} of ${refund.paid ?? 'unknown'} minor units, of payment ${refund.paymentId}`,
    "merchant's Rafiki": outgoing === null ? NOTHING : outgoingSays(outgoing),
    "customer's Rafiki": incoming === null ? NOTHING : incomingSays(incoming),
    'customer ASE': credit === null ? NOTHING : `credited ${credit.amount} minor units`,
  }
}
