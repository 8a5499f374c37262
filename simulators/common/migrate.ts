import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

export type Migrations = Record<string, Migration>

/** Brings the tables of `schema` up to date. Throws when a migration fails. */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  schema: string,
  migrations: Migrations,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: schema,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined)
    throw new Error(`expected the schema "${schema}" to be brought up to date, got: ${String(error)}`, {
      cause: error,
    })
}

/** The statements that migrations run on an empty database. */
export async function statementsOf(migrations: Migrations): Promise<string[]> {
  const kysely = await import('kysely')
  const statements: string[] = []
  const nowhere = new kysely.Kysely<unknown>({
    dialect: {
      createAdapter: () => new kysely.PostgresAdapter(),
      createDriver: () => new kysely.DummyDriver(),
      createIntrospector: (db) => new kysely.PostgresIntrospector(db),
      createQueryCompiler: () => new kysely.PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      statements.push(query.sql)
    },
  })
  for (const { up } of Object.values(migrations)) await up(nowhere)
  return statements
}
