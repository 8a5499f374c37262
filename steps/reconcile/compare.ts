import type { Books } from './books.ts'
import { type Case, casesOf, strays } from './cases.ts'
import { type Finding, findingsOf } from './finding.ts'
import { compareRefunds } from './refund-rules.ts'
import { RULES } from './rules.ts'
import { strayTestimony, testimonyOf } from './testimony.ts'

export interface Reconciliation {
  /** Payments that at least one party knows of. */
  payments: number
  /** Those of them that all parties agree on. */
  agreed: number
  findings: readonly Finding[]
}

/** Milliseconds since 1970: payments that began from `from` on and before `to`. */
export interface Period {
  from: number
  to: number
}

/** Holds the parties' books against each other; with a period, of payments that began in it. */
export function compare(books: Books, period: Period | null = null): Reconciliation {
  const cases = casesOf(books).filter((one) => period === null || isWithin(period, one))
  const found = cases.map((one) => findingsOf(RULES, one, testimonyOf))
  return {
    payments: cases.length,
    agreed: found.filter((findings) => findings.length === 0).length,
    findings: [...found.flat(), ...strayFindings(books), ...compareRefunds(books.back)],
  }
}

/** An account that was debited for a payment that Rafiki does not have. */
function strayFindings(books: Books): Finding[] {
  return strays(books)
    .filter(({ ledger }) => ledger !== 0n)
    .map((entry) => ({
      code: 'debited_for_nothing',
      grade: 'unexplained' as const,
      text: "expected the customer's Rafiki to have what the cardholder has paid for",
      passing: false,
      says: strayTestimony(entry),
    }))
}

function isWithin({ from, to }: Period, { payment, incoming, outgoing }: Case): boolean {
  const moments = [payment, incoming, ...outgoing.map((sent) => sent.payment)].flatMap((one) =>
    one === null ? [] : [one.createdAt],
  )
  const began = Math.min(...moments)
  return moments.length === 0 || (began >= from && began < to)
}
