import type { Bench } from './bench.ts'

let shared: Bench | null = null

/** The bench for the scenarios of a run in this process. */
export function shareBench(bench: Bench): void {
  shared = bench
}

/** The bench that the command of the run has started. */
export function sharedBench(): Bench {
  if (shared === null)
    throw new Error(
      'expected a bench to be shared before the scenarios: start them with scripts/tapbench run',
    )
  return shared
}
