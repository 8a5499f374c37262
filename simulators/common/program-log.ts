import type { Journal } from '../../protocols/journal/journal.ts'
import { createLogger, LOG_LEVELS, logJournal } from './logger.ts'

/** The journal of a program that runs alone: its log, on standard output, from `LOG_LEVEL` on (default `info`). Throws for another level. */
export function programJournal(
  name: string,
  { LOG_LEVEL = 'info' }: Readonly<Record<string, string | undefined>>,
): Journal {
  const level = LOG_LEVELS.find((one) => one === LOG_LEVEL)
  if (level === undefined)
    throw new Error(`LOG_LEVEL: expected one of ${LOG_LEVELS.join(', ')}, got "${LOG_LEVEL}"`)
  return logJournal(createLogger(name, level))
}
