import { randomUUID } from 'node:crypto'
import { existsSync, openAsBlob } from 'node:fs'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Write-ahead log in files of 1 MB instead of 16, which are memory here.
export const INITDB = ['--wal-segsize=1']

/**
 * The data directory of an embedded database that nobody has used yet, as a tar archive kept in `cacheDirectory`: initialising one takes
 * six times as long as loading it. Made at first use, and again for each version of PGlite.
 */
export async function freshDatabase(cacheDirectory: string): Promise<Blob> {
  const file = join(cacheDirectory, `pglite-${await version()}-1mb.tar`)
  if (!existsSync(file)) await initialise(file, cacheDirectory)
  return openAsBlob(file)
}

async function initialise(file: string, cacheDirectory: string): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite')
  await mkdir(cacheDirectory, { recursive: true })
  const database = await PGlite.create({ initDbStartParams: INITDB })
  const archive = await database.dumpDataDir('none')
  await database.close()
  // Another thread or program may be doing the same: the first stays, since a file must not change under who reads it.
  const own = `${file}.${randomUUID()}`
  await writeFile(own, archive.stream())
  await link(own, file).catch(unlessThere)
  await unlink(own)
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

async function version(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  return JSON.parse(await readFile(fileURLToPath(manifest), 'utf8')).version
}
