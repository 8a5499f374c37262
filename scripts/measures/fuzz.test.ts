import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { fuzzCard } from '../../simulators/card/testing/fuzz-card.ts'
import { fuzzTerminal } from '../../simulators/pos/testing/fuzz-terminal.ts'
import { fuzzSubjects, type Subjects } from './fuzz-subjects.ts'

// A part of what `tapbench bench fuzz` does, the same in every run.
const SEED = 20_261_121
const COMMANDS = 16_000
const ANSWERS = 4_000

let subjects: Subjects
before(async () => {
  subjects = await fuzzSubjects()
})

test(`${COMMANDS} mutated commands to the cards of all profiles break no rule`, () => {
  const { cards } = subjects
  let [mutated, run] = [0, 0]
  while (mutated < COMMANDS) {
    for (const card of cards) mutated += fuzzCard(card, SEED, run++)
  }
})

test(`${ANSWERS} mutated answers to the terminals end in outcomes`, async () => {
  const { terminals } = subjects
  let [mutated, run] = [0, 0]
  while (mutated < ANSWERS) {
    for (const terminal of terminals) mutated += await fuzzTerminal(terminal, SEED, run++)
  }
})

test('what a failure tells is enough to do it again', () => {
  const [card] = subjects.cards.filter(({ name }) => name === 'no-oda')
  assert.ok(card !== undefined)
  const broken = { ...card, image: { ...card.image, key: { ...card.image.key, value: '00' } } }
  const message = /^card no-oda, seed 5, run 8, after command [0-9]+: RangeError: /
  assert.throws(() => fuzzCard(broken, 5, 8), { message })
})

test('the same seed and run mutate the same', async () => {
  const [card] = subjects.cards.filter(({ name }) => name === 'mchip-like-contact')
  const [terminal] = subjects.terminals.filter(({ name }) => name.includes('mchip-like-contact in'))
  assert.ok(card !== undefined && terminal !== undefined)
  for (let run = 0; run < 20; run++) {
    assert.equal(fuzzCard(card, SEED, run), fuzzCard(card, SEED, run))
    assert.equal(await fuzzTerminal(terminal, SEED, run), await fuzzTerminal(terminal, SEED, run))
  }
})
