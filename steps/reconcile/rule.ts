/** What a finding means: money is lost or doubled and nobody can say why, or somebody has to do something that is known. */
export type Grade = 'unexplained' | 'explained'

/** One way in which the parties' books may differ. */
export interface Rule<Case> {
  code: string
  grade: Grade
  /** Of what is unexplained: what was expected. Of what is explained: the cause, and what to do. */
  text: string
  /** It goes away by itself when an event that is on its way arrives. */
  passing?: boolean
  broken(one: Case): boolean
}

/** A table of rules, the worst first. */
export function graded<Case>(
  rules: Readonly<Record<Grade, readonly Omit<Rule<Case>, 'grade'>[]>>,
): Rule<Case>[] {
  const of = (grade: Grade) => rules[grade].map((rule): Rule<Case> => ({ ...rule, grade }))
  return [...of('unexplained'), ...of('explained')]
}
