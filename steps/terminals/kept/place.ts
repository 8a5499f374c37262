import { join } from 'node:path'
import { CACHE, ROOT } from '../../bench/places.ts'

/** Where the command line keeps its estate of terminals between commands. */
export const ESTATE = join(ROOT, '.tapbench/terminals')

/** Schema of an estate's registry, on a server that others may use too. */
export const SCHEMA = 'tapbench_terminals'

/** Where a registry of terminals, its authority and its devices outlive a command. */
export interface Estate {
  folder: string
  /** `postgres://…`; undefined keeps the registry in the folder. */
  databaseUrl: string | undefined
}

/** The estate of a folder. The registry is where DATABASE_URL says. */
export function estateOf(folder: string): Estate {
  return { folder, databaseUrl: process.env.DATABASE_URL || undefined }
}

/** Where the registry is, as a database is opened. */
export function registryOf({ folder, databaseUrl: url }: Estate) {
  const directory = url === undefined ? join(folder, 'database') : undefined
  return { url, directory, cacheDirectory: CACHE, schema: SCHEMA }
}
