import type { Migration } from 'kysely/migration'
import { tables } from './0001-tables.ts'
import { functions } from './0002-functions.ts'
import { terminals } from './0003-terminals.ts'
import { certificates } from './0004-certificates.ts'
import { configurations } from './0005-configurations.ts'
import { keyNumbers } from './0006-key-numbers.ts'
import { terminalIndexes } from './0007-terminal-indexes.ts'
import { afterPayments } from './0008-after-payments.ts'
import { credits } from './0009-credits.ts'
import { dukpt } from './0010-dukpt.ts'
import { fewerQueries } from './0011-fewer-queries.ts'

/** In the order of their names; once released, a migration never changes. */
export const migrations: Record<string, Migration> = {
  '0001-tables': tables,
  '0002-functions': functions,
  '0003-terminals': terminals,
  '0004-certificates': certificates,
  '0005-configurations': configurations,
  '0006-key-numbers': keyNumbers,
  '0007-terminal-indexes': terminalIndexes,
  '0008-after-payments': afterPayments,
  '0009-credits': credits,
  '0010-dukpt': dukpt,
  '0011-fewer-queries': fewerQueries,
}
