import type { Application, Path, Values } from './application.ts'
import type { Faults } from './faults.ts'
import { counterBytes, type Memory } from './memory.ts'

/** How far the transaction is: each command is allowed at some of these. */
export type Stage =
  /** nothing selected, or a payment system environment */
  | 'idle'
  /** an application is selected */
  | 'selected'
  /** after GET PROCESSING OPTIONS: records can be read, a cryptogram can be made */
  | 'initiated'
  /** the card asked for the issuer: a second cryptogram can be made */
  | 'online'
  /** after the last cryptogram */
  | 'completed'

export type CryptogramType = 'aac' | 'tc' | 'arqc'

/** What happened in a transaction so far, beside what it was about: see the bits of `cvr.ts`. */
export type Event =
  | 'ddaPerformed'
  | 'cdaInFirst'
  | 'cdaInSecond'
  | 'pinPassed'
  | 'pinFailed'
  | 'pinEnciphered'
  | 'issuerAuthenticated'
  | 'issuerRefused'
  | 'issuerDeclined'
  | 'unableOnline'

/** One transaction, from GET PROCESSING OPTIONS on. Replaced, never changed. */
export interface Transaction {
  readonly path: Path
  readonly pdolData: Uint8Array
  readonly cdol1Data: Uint8Array
  /** What the terminal said, by tag; what it said last. */
  readonly told: Values
  readonly events: ReadonlySet<Event>
  /** The transaction before this one asked for the issuer and did not end. */
  readonly lastIncomplete: boolean
  readonly first: CryptogramType | null
  readonly second: CryptogramType | null
  /** First 9F26; empty before. */
  readonly cryptogram: Uint8Array
  /** What the MAC of the next script is chained to. */
  readonly chain: Uint8Array
  readonly dynamicNumber: Uint8Array
  /** What EXCHANGE RELAY RESISTANCE DATA adds to CDA; empty when it did not run. */
  readonly relay: Uint8Array
}

/** Random bytes, so many. */
export type Random = (length: number) => Uint8Array

/** What a card knows. Everything inside is replaced, never changed: a shallow copy is a snapshot. */
export interface CardState {
  readonly applications: readonly Application[]
  readonly faults: Faults
  readonly random: Random
  readonly directory: 'ppse' | 'pse' | 'none'
  /** One for each application. Survives a reset, as `blocked` does. */
  memories: readonly Memory[]
  blocked: boolean
  stage: Stage
  selected: Application | null
  /** The PSE is selected, so that its records can be read. */
  inDirectory: boolean
  /** Answer to GET CHALLENGE, good for the next command. */
  challenge: Uint8Array | null
  transaction: Transaction | null
}

/** What the transaction is about; only for commands of a stage that has one. */
export interface Running {
  application: Application
  memory: Memory
  transaction: Transaction
}

/** The selected application and its memory, or null. */
export function selectedOf(card: CardState): Pick<Running, 'application' | 'memory'> | null {
  const { selected: application, memories, applications } = card
  if (application === null) return null
  const memory = memories[applications.indexOf(application)]
  return memory === undefined ? null : { application, memory }
}

export function runningOf(card: CardState): Running | null {
  const selected = selectedOf(card)
  return selected === null || card.transaction === null
    ? null
    : { ...selected, transaction: card.transaction }
}

/** The selected application keeps this. */
export function remember(card: CardState, change: Partial<Memory>): void {
  card.memories = card.memories.map((memory, index) =>
    card.applications[index] === card.selected ? { ...memory, ...change } : memory,
  )
}

/** The transaction goes on with this. */
export function proceed(card: CardState, change: Partial<Transaction>): void {
  if (card.transaction !== null) card.transaction = { ...card.transaction, ...change }
}

export function happened({ events }: Transaction, ...more: Event[]): Pick<Transaction, 'events'> {
  return { events: new Set([...events, ...more]) }
}

/** Every value that the card has now, those written by scripts and those of the path included. */
export function cardValue(
  { application, memory, transaction }: Running,
  tag: string,
): Uint8Array | undefined {
  if (tag === '9F36') return counterBytes(memory.atc)
  return memory.written.get(tag) ?? transaction.path.data.get(tag) ?? application.data.get(tag)
}
