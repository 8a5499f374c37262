/** What a scenario about a weakness has found; `evidence` says what was seen, without any secret. */
export interface Weakness {
  present: boolean
  evidence: string
}

/** Media type under which a scenario attaches a {@link Weakness}, JSON. */
export const WEAKNESS_MEDIA_TYPE = 'application/vnd.tapbench.weakness+json'

/** A weakness with the scenario that looked for it. */
export interface FoundWeakness extends Weakness {
  scenario: string
}

const found: FoundWeakness[] = []

/** Keeps what a scenario has found, for the command of the run in this process. */
export function keepWeakness(weakness: FoundWeakness): void {
  found.push(weakness)
}

/** All that was found since this was last asked. */
export function takeWeaknesses(): FoundWeakness[] {
  return found.splice(0)
}

/** The command line's words for them; empty when no scenario looked for any. */
export function weaknessLines(all: readonly FoundWeakness[]): string[] {
  if (all.length === 0) return []
  const present = all.filter((one) => one.present)
  return [
    `weaknesses: ${present.length} present, ${all.length - present.length} absent`,
    ...present.map(({ scenario, evidence }) => `  weakness present: ${scenario}: ${evidence}`),
  ]
}
