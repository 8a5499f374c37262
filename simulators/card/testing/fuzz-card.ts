import { Chance } from '../../../protocols/fuzz/chance.ts'
import { mutateCommand } from '../../../protocols/fuzz/mutate-apdu.ts'
import { mutateSequence } from '../../../protocols/fuzz/mutate-sequence.ts'
import { Card } from '../card.ts'
import type { CardImage } from '../image.ts'
import { brokenRules } from './consistency.ts'
import { genuineCommands, isForgery } from './forgery.ts'
import { troublesInNormalTransactions } from './normal-transaction.ts'
import { paletteOf } from './palette.ts'
import { counting } from './session.ts'

/** Command APDUs from one selection to the end, as a terminal sent them to a new card with the random numbers of {@link counting}. */
export type RecordedSession = readonly Uint8Array[]

export interface FuzzedCard {
  name: string
  image: CardImage
  sessions: readonly RecordedSession[]
}

const MOST_SESSIONS = 3
/** One command in so many is another one: seldom leaves the rest of the session as it was, so that late states are reached. */
const RATES = [20, 8, 3]

/**
 * One run: to a new card, sessions of which commands are dropped, moved, repeated, added and changed; after each command the card is looked
 * at and whether it took a forged one for the issuer's; at the end every application does a normal transaction. The same seed and run are the same bytes. Returns how many commands were not
 * those of a session. Throws an Error that names card, seed, run and command when the card breaks a rule or throws.
 */
export function fuzzCard({ name, image, sessions }: FuzzedCard, seed: number, run: number): number {
  const chance = new Chance(seed, run)
  const card = new Card(image, counting())
  const genuine = genuineCommands(sessions.flat())
  let [sent, mutated] = [0, 0]
  try {
    for (const { command, isOwn } of commandsOf(card, sessions, chance)) {
      sent++
      mutated += isOwn ? 0 : 1
      const before = card.snapshot()
      const answer = card.transmit(command)
      expectNone(brokenRules({ command, answer, before, after: card.snapshot() }))
      if (isForgery({ command, answer }, genuine)) throw new Error('expected a forged command to be refused')
    }
    expectNone(troublesInNormalTransactions(card))
  } catch (error) {
    throw new Error(`card ${name}, seed ${seed}, run ${run}, after command ${sent}: ${message(error)}`, {
      cause: error,
    })
  }
  return mutated
}

function expectNone(troubles: readonly string[]): void {
  if (troubles.length > 0) throw new Error(troubles.join('; '))
}

interface Sent {
  command: Uint8Array
  /** As the session has it, at its place. */
  isOwn: boolean
}

function* commandsOf(card: Card, sessions: readonly RecordedSession[], chance: Chance): Generator<Sent> {
  const palette = card.snapshot().applications.flatMap(paletteOf)
  const rate = chance.pick(RATES)
  for (let left = 1 + chance.below(MOST_SESSIONS); left > 0; left--) {
    const session = chance.pick(sessions)
    const played = chance.oneIn(3) ? mutateSequence(session, chance) : session
    for (const [index, command] of played.entries()) {
      if (chance.oneIn(rate)) yield { command: chance.pick(palette), isOwn: false }
      if (chance.oneIn(rate))
        yield {
          command: mutateCommand(chance.oneIn(3) ? chance.pick(palette) : command, chance),
          isOwn: false,
        }
      else yield { command, isOwn: session[index] === command }
    }
    if (chance.oneIn(2)) card.reset()
  }
}

function message(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
