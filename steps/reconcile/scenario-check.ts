import type { TapWorld } from '../world.ts'
import { benchBooks } from './bench-books.ts'
import { compare, type Reconciliation } from './compare.ts'
import type { Finding } from './finding.ts'
import { linesOf } from './testimony.ts'

/** As long as events may be on their way after a scenario. */
const PATIENCE_MS = 2_000
const PAUSE_MS = 20

/**
 * No money lost or doubled: holds what terminal, both ASEs and both Rafikis say of a scenario's payments against each other, when its services
 * are back. Gives what is explained. Throws for what is not, with what each party says, unless a known weakness has shown and is tolerated.
 */
export async function checkMoney({
  bench,
  taps,
  hasWeakness = false,
  isStrict = true,
}: Checked): Promise<readonly Finding[]> {
  const opened = bench.takeOpened()
  if (opened.holders.length === 0 || opened.shops.length === 0) return []
  const { findings } = await settled(async () => compare(await benchBooks(bench.services, opened, taps)))
  const unexplained = findings.filter(({ grade }) => grade === 'unexplained')
  const isTolerated = hasWeakness && !isStrict
  if (unexplained.length > 0 && !isTolerated) throw new Error(unexplained.map(told).join('\n'))
  return findings
}

type Checked = Pick<TapWorld, 'bench' | 'taps'> & Partial<Pick<TapWorld, 'hasWeakness' | 'isStrict'>>

/** A finding and what each party says, a line each. */
export function told({ code, text, says }: Finding): string {
  return [`${code}: ${text}`, ...linesOf(says).map((line) => `  ${line}`)].join('\n')
}

/** Asks again while what is found may go away by itself, which in a healthy bench takes milliseconds. */
async function settled(reconcile: () => Promise<Reconciliation>): Promise<Reconciliation> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const found = await reconcile()
    if (!found.findings.some(({ passing }) => passing) || performance.now() > end) return found
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
