import { join } from 'node:path'
import type { DatabaseOptions } from '../database.ts'

const CACHE = join(import.meta.dirname, '../../../.tapbench/cache')

/** A database for the tests of one process. The same tests on a server: `TEST_DATABASE_URL=postgres://… npm run unit`. */
export function testDatabase(schema: string): DatabaseOptions {
  const url = process.env.TEST_DATABASE_URL
  return url === undefined
    ? { schema, cacheDirectory: CACHE }
    : { url, schema: `${schema}_test_${process.pid}` }
}
