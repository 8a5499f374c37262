import type { Grade, Rule } from './rule.ts'
import type { Testimony } from './testimony.ts'

/** Something that does not fit, of one payment. */
export interface Finding {
  code: string
  grade: Grade
  text: string
  passing: boolean
  /** What each party says of the payment. */
  says: Testimony
}

/** The rules that a case breaks, with what each party says. */
export function findingsOf<Case>(
  rules: readonly Rule<Case>[],
  one: Case,
  testimonyOf: (one: Case) => Testimony,
): Finding[] {
  const broken = rules.filter((rule) => rule.broken(one))
  if (broken.length === 0) return []
  const says = testimonyOf(one)
  return broken.map(({ code, grade, text, passing = false }) => ({ code, grade, text, passing, says }))
}
