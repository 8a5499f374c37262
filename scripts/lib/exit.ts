import { ConfigurationError } from '../../steps/bench/profile.ts'

/** Exit codes of the command line, as the README gives them. */
export const EXIT = { done: 0, unexpected: 1, usage: 2, lacking: 3 } as const

/**
 * The exit code that an error means: 2 for usage and configuration; 3 for everything else that is thrown, since what a card, an
 * issuer or a scenario decided is never thrown: the bench lacks something or part of it broke.
 */
export function exitCodeOf(error: unknown): number {
  return error instanceof ConfigurationError ? EXIT.usage : EXIT.lacking
}

/** The message of an error and of what caused it; the stack only with `TAPBENCH_DEBUG`. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return process.env.TAPBENCH_DEBUG ? `${error.stack}` : error.message
}
