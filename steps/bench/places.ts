import { join } from 'node:path'

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..')

/** Kept between runs, can be deleted at any time: compiled C files, an initialised embedded database. */
export const CACHE = join(ROOT, '.tapbench/cache')
