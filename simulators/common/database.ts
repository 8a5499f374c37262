import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import type { Pool } from 'pg'
import { freshDatabase } from './fresh-database.ts'
import { type Migrations, migrate } from './migrate.ts'
import { openPglite } from './pglite.ts'

export interface DatabaseOptions {
  /** `postgres://…` for a server; undefined for a PGlite of this process. */
  url?: string | undefined
  /** Folder of the embedded database, created when missing; undefined keeps it in memory. */
  directory?: string | undefined
  /** Folder that keeps a new embedded database with its tables, so that later ones start from it. */
  cacheDirectory?: string | undefined
  /** Schema that holds the tables, so that two ASEs can share a server. */
  schema: string
}

const CONNECT_MS = 5_000

/** Opens a database and brings its schema up to date. The same migrations run on PGlite and PostgreSQL. */
export async function openDatabase<Tables>(
  options: DatabaseOptions,
  migrations: Migrations,
): Promise<Kysely<Tables>> {
  const database =
    options.url === undefined
      ? await embedded<Tables>(options, migrations)
      : await server<Tables>(options, options.url)
  try {
    await migrate(database, options.schema, migrations)
  } catch (error) {
    await database.destroy()
    throw error
  }
  return database
}

/** Opens a schema of a PostgreSQL server as it is, to read it. Throws when the server does not answer, or the schema does not have `table`. */
export async function readDatabase<Tables>(
  url: string,
  schema: string,
  table: string,
): Promise<Kysely<Tables>> {
  const { sql } = await import('kysely')
  const database = await server<Tables>({ schema }, url)
  const { rows } = await sql`select from information_schema.tables
    where table_schema = ${schema} and table_name = ${table}`.execute(database)
  if (rows.length > 0) return database
  await database.destroy()
  throw new Error(
    `expected a table ${table} in the schema ${schema} at ${new URL(url).host} (DATABASE_URL), found none: name the database of the ASEs`,
  )
}

async function embedded<Tables>(
  { directory, cacheDirectory, schema }: DatabaseOptions,
  migrations: Migrations,
): Promise<Kysely<Tables>> {
  if (directory !== undefined) await mkdir(directory, { recursive: true })
  const isNew = directory === undefined || !existsSync(join(directory, 'PG_VERSION'))
  const { database } = await openPglite<Tables>({
    ...(directory === undefined ? {} : { dataDir: directory, relaxedDurability: true }),
    ...(isNew && cacheDirectory !== undefined
      ? { loadDataDir: await freshDatabase(cacheDirectory, { schema, migrations }) }
      : {}),
  })
  return database
}

async function server<Tables>({ schema }: DatabaseOptions, url: string): Promise<Kysely<Tables>> {
  const [{ default: pg }, { Kysely, PostgresDialect }] = await Promise.all([import('pg'), import('kysely')])
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: CONNECT_MS,
    options: `-c search_path=${schema}`,
  })
  // A connection that breaks while nobody uses it is replaced; that there is no other is told by the next query.
  pool.on('error', () => {})
  await requireAnswer(pool, url)
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

async function requireAnswer(pool: Pool, url: string): Promise<void> {
  try {
    const client = await pool.connect()
    client.release()
  } catch (cause) {
    await pool.end()
    throw new Error(
      `expected PostgreSQL to answer at ${new URL(url).host} (DATABASE_URL), got: ${said(cause)}: start it, or leave DATABASE_URL out for embedded databases`,
      { cause },
    )
  }
}

/** A host of several addresses is refused once for each. */
function said(error: unknown): string {
  const errors = error instanceof AggregateError ? error.errors : [error]
  return errors.map((one) => (one instanceof Error ? one.message : String(one))).join('; ')
}
