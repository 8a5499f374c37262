import { type CardConnection, type CardReader, CardRemovedError } from '../../../hardware/pcsc/reader.ts'
import { equal } from '../../../protocols/bytes/bytes.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { Chance } from '../../../protocols/fuzz/chance.ts'
import { mutateAnswer } from '../../../protocols/fuzz/mutate-apdu.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { CardSession } from '../card-session.ts'
import type { EmvRequest } from '../kernel-phase.ts'
import { surveyCard } from '../survey.ts'
import type { TapResult } from '../tap-result.ts'
import type { Terminal } from '../terminal.ts'

/** Whatever answers commands: null when it leaves. */
export interface FuzzedAnswerer {
  readonly atr: Uint8Array
  transmit(command: Uint8Array): Uint8Array | null
}

export interface FuzzedTerminal {
  name: string
  terminal: Terminal
  clock: Clock
  /** A new card for each run. */
  card: () => FuzzedAnswerer
  emv: EmvRequest
}

/** One answer in so many is changed. */
const RATES = [16, 8, 4, 1]
/** An AFL can name 63 ranges of 255 records: Book 3, 10.2 lets a terminal read them all. */
const MOST_COMMANDS = 20_000
/** In a row; a PIN is tried 15 times at most. */
const MOST_SAME = 50
const AMOUNTS = [100n, 1_250n, 6_000n, 20_000n, 999_999_999_999n]
const WORDS = ['Approved', 'Declined', 'Failed']
const TIMES = { waitMs: 1_000, apduMs: 1_000 }

/**
 * One run: a tap, or all that can be read, on a card whose answers are changed on their way. The same seed and run are the same changes.
 * Returns how many answers were changed. Throws an Error that names card, seed and run when the terminal throws, asks without end, or
 * comes to no outcome.
 */
export async function fuzzTerminal(fuzzed: FuzzedTerminal, seed: number, run: number): Promise<number> {
  const chance = new Chance(seed, run)
  const reader = new MutatingReader(fuzzed.card(), chance)
  try {
    await (chance.oneIn(8) ? survey(reader, fuzzed) : tap(reader, fuzzed, chance))
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw new Error(`terminal with ${fuzzed.name}, seed ${seed}, run ${run}: ${why}`, { cause: error })
  }
  return reader.mutated
}

async function tap(reader: CardReader, { terminal, emv }: FuzzedTerminal, chance: Chance): Promise<void> {
  const result = await terminal.tap({ reader, amount: chance.pick(AMOUNTS), currency: 'EUR', emv })
  const { word, code, reason } = result.outcome
  const isWhole = word === 'Approved' ? code === null : code !== null && reason !== null
  if (!WORDS.includes(word) || !isWhole)
    throw new Error(`expected an outcome of the terminal's, got ${word} with code ${code}`)
  checkApproval(result)
}

/** A terminal that approves has a cryptogram of the card. */
function checkApproval({ outcome, emv }: TapResult): void {
  if (outcome.word === 'Approved' && emv.cryptogram === null)
    throw new Error('expected an approval to have a cryptogram, it has none')
}

async function survey(reader: CardReader, { clock }: FuzzedTerminal): Promise<void> {
  const opened = await CardSession.open(reader, { clock, journal: silentJournal, ...TIMES })
  if (!opened.done) throw new Error(`expected a card, got: ${opened.outcome.reason}`)
  await surveyCard(opened.value, [])
  await opened.value.close()
}

class MutatingReader implements CardReader {
  readonly name = 'fuzz'
  mutated = 0
  readonly #card: FuzzedAnswerer
  readonly #chance: Chance
  readonly #rate: number
  readonly #earlier: Uint8Array[] = []
  #last: Uint8Array = new Uint8Array()
  #same = 0
  #sent = 0

  constructor(card: FuzzedAnswerer, chance: Chance) {
    this.#card = card
    this.#chance = chance
    this.#rate = chance.pick(RATES)
  }

  async connect(): Promise<CardConnection> {
    return {
      atr: this.#card.atr,
      transmit: async (command) => this.#answer(command),
      disconnect: async () => undefined,
    }
  }

  #answer(command: Uint8Array): Uint8Array {
    this.#count(command)
    const answer = this.#card.transmit(command)
    if (answer === null) throw new CardRemovedError('card was removed')
    this.#earlier.push(answer)
    if (!this.#chance.oneIn(this.#rate)) return answer
    this.mutated++
    // Answers in another order, now and then.
    return this.#chance.oneIn(10) ? this.#chance.pick(this.#earlier) : mutateAnswer(answer, this.#chance)
  }

  #count(command: Uint8Array): void {
    this.#same = equal(command, this.#last) ? this.#same + 1 : 1
    this.#last = command
    if (++this.#sent > MOST_COMMANDS || this.#same > MOST_SAME)
      throw new Error(
        `expected the terminal to end, it sent ${this.#sent} commands, ${this.#same} of them the same`,
      )
  }
}
