import type { FuzzWork } from './fuzz-thread.ts'
import { atLeast, type Figure, figure, type MeasureOptions } from './measure.ts'
import { Team } from './team.ts'

const THREADS = 2
/** With the 2,000 rounds of an ordinary run: 1,000,000 commands to cards, 200,000 answers to terminals. */
const EACH_ROUND = { cards: 500, terminals: 100 } as const
const RUNS_AT_ONCE = 100
/** For so many runs; a thread that takes longer hangs. */
const LIMIT_MS = 300_000

/**
 * Mutated commands to the cards of all profiles and mutated answers to the terminals, each run with a look at what came of it. Throws when
 * a rule is broken, something is thrown that should not be, or a thread hangs; seed and run are in the message.
 */
export async function measureFuzz({ rounds, seed }: MeasureOptions): Promise<Figure[]> {
  const team = new Team<FuzzWork, number>(new URL('fuzz-thread.ts', import.meta.url), THREADS)
  try {
    const commands = await fuzz(team, 'cards', rounds, seed)
    const answers = await fuzz(team, 'terminals', rounds, seed)
    return [
      figure('fuzz, seed', seed, ''),
      atLeast('fuzz, mutated commands to cards', commands.count, '', rounds * EACH_ROUND.cards),
      figure('fuzz, mutated commands', commands.perSecond, '/s'),
      atLeast('fuzz, mutated answers to terminals', answers.count, '', rounds * EACH_ROUND.terminals),
      figure('fuzz, mutated answers', answers.perSecond, '/s'),
    ]
  } finally {
    await team.close()
  }
}

interface Fuzzed {
  count: number
  perSecond: number
}

/** Until all threads together have done enough. What a run does depends on its number alone, not on the thread. */
async function fuzz(
  team: Team<FuzzWork, number>,
  what: FuzzWork['what'],
  rounds: number,
  seed: number,
): Promise<Fuzzed> {
  const started = performance.now()
  const wanted = rounds * EACH_ROUND[what]
  let [count, next] = [0, 0]
  const drain = async (member: number) => {
    while (count < wanted) {
      const first = next
      next += RUNS_AT_ONCE
      const mutated = await ask(team, member, { what, seed, first, count: RUNS_AT_ONCE })
      count += mutated
    }
  }
  await Promise.all(Array.from({ length: team.size }, (_, member) => drain(member)))
  return { count, perSecond: (count * 1000) / (performance.now() - started) }
}

async function ask(team: Team<FuzzWork, number>, member: number, work: FuzzWork): Promise<number> {
  try {
    return await team.ask(member, work, LIMIT_MS)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
    const { what, seed, first, count } = work
    throw new Error(
      `${what}, seed ${seed}, runs ${first} to ${first + count - 1}: expected an end within ${LIMIT_MS} ms, one of them hangs`,
      { cause: error },
    )
  }
}
