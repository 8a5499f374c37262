import type { PGlite, PGliteOptions } from '@electric-sql/pglite'
import type { Kysely } from 'kysely'

const SETTINGS = [
  // Measured, of one database: 150 MB less at the start, and 20 MB instead of 100 MB more when its log gets its second file.
  'shared_buffers=16MB',
  'wal_init_zero=off',
  'min_wal_size=2MB',
  'max_wal_size=4MB',
  // Nobody replicates it, and PGlite has fsync off, so that images of pages mend nothing: a sixth of the log, which is memory too.
  'wal_level=minimal',
  'max_wal_senders=0',
  'full_page_writes=off',
]
// Write-ahead log in files of 1 MB instead of 16, which are memory here.
const INITDB = ['--wal-segsize=1']

/** Opens a PGlite of this process, and Kysely on it, which closes it. */
export async function openPglite<Tables>(
  options: PGliteOptions,
): Promise<{ pglite: PGlite; database: Kysely<Tables> }> {
  const [{ PGlite }, { Kysely }, { EmbeddedDialect }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('kysely'),
    import('./embedded-dialect.ts'),
  ])
  const pglite = await PGlite.create({ postgresqlconf: SETTINGS, initDbStartParams: INITDB, ...options })
  return { pglite, database: new Kysely<Tables>({ dialect: new EmbeddedDialect(pglite) }) }
}
