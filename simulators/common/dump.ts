import { type Kysely, sql } from 'kysely'

/** The rows of one table as JSON, one a line; bytes are hexadecimal. */
export interface TableDump {
  readonly table: string
  readonly rows: string
}

/** All tables of the schema that this database works in, with all that is kept of them. */
export async function dumpDatabase<Tables>(db: Kysely<Tables>): Promise<TableDump[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`.execute(db)
  const dumps: TableDump[] = []
  for (const { name } of tables) {
    const { rows } = await sql<{
      row: string
    }>`select row_to_json(t)::text as row from ${sql.table(name)} t`.execute(db)
    dumps.push({ table: name, rows: rows.map(({ row }) => row).join('\n') })
  }
  return dumps
}
