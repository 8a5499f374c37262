import { createHash, randomUUID } from 'node:crypto'
import { existsSync, openAsBlob } from 'node:fs'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import { type Migrations, migrate, statementsOf } from './migrate.ts'
import { openPglite } from './pglite.ts'

/** What an embedded database has before anybody uses it. */
export interface Beginning {
  /** Schema that tells which migrations were run. */
  schema: string
  migrations: Migrations
}

/**
 * The data directory of an embedded database with its tables, as a tar archive kept in `cacheDirectory`: to initialise one and to run the
 * migrations takes ten times the processor time of loading it. Made at first use, and again for each version of PGlite and of the migrations.
 */
export async function freshDatabase(cacheDirectory: string, beginning: Beginning): Promise<Blob> {
  const file = join(cacheDirectory, `pglite-${beginning.schema}-${await versionOf(beginning)}.tar`)
  if (!existsSync(file)) await keep(file, cacheDirectory, beginning)
  return openAsBlob(file)
}

async function keep(file: string, cacheDirectory: string, beginning: Beginning): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true })
  const archive = await archiveOf(beginning)
  // Another thread or program may be doing the same: the first stays, since a file must not change under who reads it.
  const own = `${file}.${randomUUID()}`
  await writeFile(own, archive.stream())
  await link(own, file).catch(unlessThere)
  await unlink(own)
}

async function archiveOf({ schema, migrations }: Beginning): Promise<Blob> {
  const { pglite, database } = await openPglite({})
  try {
    await dropTemplates(pglite)
    await migrate(database, schema, migrations)
    await pglite.exec('checkpoint')
    return await pglite.dumpDataDir('none')
  } finally {
    await database.destroy()
  }
}

/** Two thirds of the archive, for databases that nobody makes from them. */
async function dropTemplates(pglite: PGlite): Promise<void> {
  await pglite.exec('update pg_database set datistemplate = false')
  for (const name of ['template0', 'template1']) await pglite.exec(`drop database ${name}`)
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

async function versionOf({ migrations }: Beginning): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  const { version } = JSON.parse(await readFile(fileURLToPath(manifest), 'utf8'))
  const statements = JSON.stringify([Object.keys(migrations), await statementsOf(migrations)])
  return `${version}-${createHash('sha256').update(statements).digest('hex').slice(0, 16)}`
}
