import { inspect } from 'node:util'

/** Exit codes of the command line, as the README gives them. */
export const EXIT = { done: 0, unexpected: 1, usage: 2, lacking: 3 } as const

// By name: each simulator has an error of its own for its configuration.
const CODES: Record<string, number> = {
  CommanderError: EXIT.usage,
  ConfigurationError: EXIT.usage,
  CardProfileError: EXIT.usage,
  TerminalProfileError: EXIT.usage,
  RecordingError: EXIT.usage,
  DecodeError: EXIT.usage,
}

/**
 * The exit code that an error means: 2 for usage and configuration; 3 for everything else that is thrown, since what a card, an
 * issuer or a scenario decided is never thrown: the bench lacks something or part of it broke.
 */
export function exitCodeOf(error: unknown): number {
  return (error instanceof Error && CODES[error.name]) || EXIT.lacking
}

/** The message of an error; its stack and causes only with `TAPBENCH_DEBUG`. */
export function explain(error: unknown): string {
  if (process.env.TAPBENCH_DEBUG) return inspect(error)
  return error instanceof Error ? error.message : String(error)
}
