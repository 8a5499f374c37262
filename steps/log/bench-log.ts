import { type DestinationStream, destination, type Logger } from 'pino'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { createLogger, LOG_LEVELS } from '../../simulators/common/logger.ts'
import { withoutSecrets } from '../../simulators/common/secret-fields.ts'
import { ConfigurationError, type Profile } from '../bench/profile.ts'
import { type LogLine, linesOf } from './lines.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The bench's own log: JSON, a line each, redacted as those of the programs that run alone. */
export class BenchLog {
  /** Path of the file; null when it goes to standard error, or nowhere. */
  readonly file: string | null
  readonly #logger: Logger
  #moment = 0

  /** `stream`: instead of the file. Throws ConfigurationError for a file that cannot be written and for an unknown `LOG_LEVEL`. */
  constructor({ TAPBENCH_LOG: where = '', LOG_LEVEL = 'info' }: Environment, stream?: DestinationStream) {
    const level = LOG_LEVELS.find((one) => one === LOG_LEVEL)
    if (level === undefined)
      throw new ConfigurationError(`LOG_LEVEL: expected one of ${LOG_LEVELS.join(', ')}, got "${LOG_LEVEL}"`)
    const wanted = where === '' && stream === undefined ? 'silent' : level
    this.file = where === '' || where === '-' ? null : where
    this.#logger = createLogger('tapbench', wanted, stream ?? streamTo(this.file), () => this.#moment)
  }

  say(text: string, fields: LogLine['fields'] = {}): void {
    this.#write({ at: Date.now(), level: 'info', text, fields })
  }

  /** What passed in a scenario or a tap. */
  journal(entries: readonly JournalEntry[], beganUs: number): void {
    if (this.#logger.level === 'silent') return
    for (const line of linesOf(entries, beganUs)) this.#write(line)
  }

  #write({ at, level, text, fields }: LogLine): void {
    this.#moment = Math.round(at)
    this.#logger[level](withoutSecrets(fields), text)
  }
}

/** Standard output is the verb's: it may be one JSON document. */
function streamTo(file: string | null): DestinationStream {
  if (file === null) return { write: (line) => void process.stderr.write(line) }
  try {
    return destination({ dest: file, sync: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigurationError(`expected a file that can be written in --log or TAPBENCH_LOG, got ${code}`)
  }
}

/** What is in each socket, for the log. */
export function socketsOf({
  card,
  merchantAse,
  customerAse,
  rafiki,
  hsm,
  database,
}: Profile): LogLine['fields'] {
  return {
    card: card.transport,
    merchantAse: merchantAse.socket,
    customerAse: customerAse.socket,
    rafiki: rafiki.socket,
    hsm: hsm.module,
    database: database.url === null ? 'PGlite' : 'PostgreSQL',
  }
}

let shared: BenchLog | undefined

/** The log that `TAPBENCH_LOG` names: a file, or `-`; without it nothing is written. Throws as {@link BenchLog}. */
export function benchLog(): BenchLog {
  shared ??= new BenchLog(process.env)
  return shared
}
