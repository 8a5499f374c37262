import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Closer } from '../../bench/closer.ts'
import type { Estate } from './place.ts'

/** What is missing in the folder is made: registry, authority, factory and devices of one simulated estate of terminals. */
export interface KeptTrustOptions extends Estate {
  journal: Journal
  /** What is started here is closed by these, the last first. */
  closers: Closer[]
}
