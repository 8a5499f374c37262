import type { Application } from './application.ts'
import type { Faults } from './faults.ts'

/** How far the transaction is: each command is allowed at some of these. */
export type Stage =
  /** nothing selected, or the payment system environment */
  | 'idle'
  /** an application is selected */
  | 'selected'
  /** after GET PROCESSING OPTIONS: records can be read, one cryptogram can be made */
  | 'initiated'
  /** after GENERATE AC */
  | 'completed'

/** What a card remembers; `atc` survives a reset, the rest does not. */
export interface CardState {
  readonly applications: readonly Application[]
  readonly faults: Faults
  atc: number
  stage: Stage
  selected: Application | null
}

/** The ATC as data object 9F36. */
export function atcBytes({ atc }: CardState): Uint8Array {
  return Uint8Array.of(atc >> 8, atc & 0xff)
}
