import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Closer } from '../../bench/closer.ts'

export interface KeptTrustOptions {
  /** Made when missing: registry, authority, factory and devices of one simulated estate of terminals. */
  folder: string
  /** `postgres://…`; undefined keeps the registry in the folder. */
  databaseUrl?: string | undefined
  journal: Journal
  /** What is started here is closed by these, the last first. */
  closers: Closer[]
}
