import type { Migration } from 'kysely/migration'
import { tables } from './0001-tables.ts'
import { functions } from './0002-functions.ts'
import { pins } from './0003-pins.ts'
import { credits } from './0004-credits.ts'
import { abroad } from './0005-abroad.ts'
import { fewerQueries } from './0006-fewer-queries.ts'

/** In the order of their names; once released, a migration never changes. */
export const migrations: Record<string, Migration> = {
  '0001-tables': tables,
  '0002-functions': functions,
  '0003-pins': pins,
  '0004-credits': credits,
  '0005-abroad': abroad,
  '0006-fewer-queries': fewerQueries,
}
