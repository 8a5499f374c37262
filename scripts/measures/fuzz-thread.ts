import { fuzzCard } from '../../simulators/card/testing/fuzz-card.ts'
import { fuzzTerminal } from '../../simulators/pos/testing/fuzz-terminal.ts'
import { fuzzSubjects, type Subjects } from './fuzz-subjects.ts'
import { serve } from './team.ts'

/** Runs from `first` on, each of the next card or terminal. */
export interface FuzzWork {
  what: keyof Subjects
  seed: number
  first: number
  count: number
}

const subjects = fuzzSubjects()

/** Answers how many commands or answers were mutated. */
serve<FuzzWork, number>(async ({ what, seed, first, count }) => {
  const { cards, terminals } = await subjects
  let mutated = 0
  for (let run = first; run < first + count; run++) {
    if (what === 'cards') mutated += fuzzCard(at(cards, run), seed, run)
    else mutated += await fuzzTerminal(at(terminals, run), seed, run)
  }
  return mutated
})

function at<Subject>(subjects: readonly Subject[], run: number): Subject {
  const subject = subjects[run % subjects.length]
  if (subject === undefined) throw new Error('expected something to fuzz, there is nothing')
  return subject
}
