import type { Books } from './books.ts'
import { type Case, casesOf, strays } from './cases.ts'
import { type Grade, RULES } from './rules.ts'
import { strayTestimony, type Testimony, testimonyOf } from './testimony.ts'

/** Something that does not fit, of one payment. */
export interface Finding {
  code: string
  grade: Grade
  text: string
  passing: boolean
  /** What each party says of the payment. */
  says: Testimony
}

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
  const found = cases.map(findingsOf)
  return {
    payments: cases.length,
    agreed: found.filter((findings) => findings.length === 0).length,
    findings: [...found.flat(), ...strayFindings(books)],
  }
}

function findingsOf(one: Case): Finding[] {
  const broken = RULES.filter((rule) => rule.broken(one))
  if (broken.length === 0) return []
  const says = testimonyOf(one)
  return broken.map(({ code, grade, text, passing = false }) => ({ code, grade, text, passing, says }))
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
