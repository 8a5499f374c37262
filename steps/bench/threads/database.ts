import { CACHE } from '../places.ts'
import type { Profile } from '../profile.ts'

/** Where an ASE has its data: in memory unless the profile has a server, since a bench's data end with it. */
export function databaseOf({ database }: Profile) {
  return { url: database.url ?? undefined, cacheDirectory: CACHE }
}
