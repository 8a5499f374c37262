import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { hasLuhnDigit } from '../../protocols/emv/pan.ts'
import type { Journal, JournalEvent } from '../../protocols/journal/journal.ts'
import { withCorrelation } from './correlation.ts'
import { withoutSecrets } from './secret-fields.ts'

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What no log may hold under such a name, wherever a library or a caller puts it. */
const NAMES = ['pan', 'pin', 'pinBlock', 'secret', 'password', 'privateKey', 'authorization', 'tenant-id']
const REDACTED = NAMES.flatMap((name) => ['', '*.', '*.*.'].map((depth) => `${depth}["${name}"]`)).map(
  (path) => path.replace('.[', '['),
)

// Digits of a PAN (ISO/IEC 7812-1) that stand alone: neither part of hexadecimal nor a JSON number, such as a moment.
const PAN = /(?<!":)(?<![0-9A-Za-z])\d{13,19}(?![0-9A-Za-z])/g

/**
 * A program's log: JSON, a line each, redacted whatever comes in. Writes to standard output at once, so that the last lines of a program that
 * ends are there. `now`: the moment of a line, milliseconds since 1970.
 */
export function createLogger(
  name: string,
  level: LogLevel,
  stream?: DestinationStream,
  now: () => number = Date.now,
): Logger {
  const options = {
    name,
    level,
    timestamp: () => `,"time":${now()}`,
    redact: { paths: REDACTED, censor: '…' },
    hooks: { streamWrite: (line: string) => line.replace(PAN, maskPan) },
  }
  return pino(options, stream ?? destination({ sync: true }))
}

/** A journal whose entries are log lines, with the tap that they belong to: what somebody decided or noted as `info`, the wires as `debug`. */
export function logJournal(logger: Logger): Journal {
  return {
    record(event) {
      const level = levelOf(event)
      if (logger.isLevelEnabled(level)) logger[level](withoutSecrets(withCorrelation(event)))
    },
  }
}

const LEVELS: Readonly<Record<JournalEvent['kind'], 'debug' | 'info'>> = {
  apdu: 'debug',
  hsm: 'debug',
  http: 'debug',
  terminal: 'debug',
  kernel: 'debug',
  webhook: 'info',
  decision: 'info',
  fact: 'info',
}

/** How much an event matters. */
export function levelOf(event: JournalEvent): Exclude<LogLevel, 'silent' | 'error'> {
  return event.kind === 'webhook' && event.verdict === 'refused' ? 'warn' : LEVELS[event.kind]
}

/** First six and last four digits, if the check digit is right (ISO/IEC 7812-1, Annex B); other numbers stay. */
function maskPan(digits: string): string {
  return hasLuhnDigit(digits)
    ? `${digits.slice(0, 6)}${'*'.repeat(digits.length - 10)}${digits.slice(-4)}`
    : digits
}
