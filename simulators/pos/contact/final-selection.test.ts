import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CardSession } from '../card-session.ts'
import { type Choice, silentCardholder } from '../emv/cardholder.ts'
import type { Candidate } from './candidate-list.ts'
import { chooseCandidate } from './final-selection.ts'
import { runKernel } from './testing/run-kernel.ts'
import { AID, TestCard } from './testing/test-card.ts'

const application = { aid: 'A000000003' } as Candidate['application']
const candidate = (aid: string, needsConfirmation = false): Candidate => ({
  aid,
  label: `card ${aid}`,
  priority: 1,
  needsConfirmation,
  application,
})

const FREE = [candidate('01'), candidate('02')]
const CONFIRMED = candidate('09', true)

interface Case {
  name: string
  candidates: readonly Candidate[]
  cardholderSelection: boolean
  /** What the cardholder says. */
  answer: number | null
  /** How many choices the cardholder was shown; 0 when not asked. */
  shown: number
  chosen: string | null
}

const CASES: readonly Case[] = [
  {
    name: 'one application',
    candidates: [candidate('01')],
    cardholderSelection: true,
    answer: null,
    shown: 0,
    chosen: '01',
  },
  {
    name: 'two: the cardholder chooses',
    candidates: FREE,
    cardholderSelection: true,
    answer: 1,
    shown: 2,
    chosen: '02',
  },
  {
    name: 'two: nobody to ask',
    candidates: FREE,
    cardholderSelection: false,
    answer: 1,
    shown: 0,
    chosen: '01',
  },
  {
    name: 'one to be confirmed',
    candidates: [CONFIRMED],
    cardholderSelection: true,
    answer: 0,
    shown: 1,
    chosen: '09',
  },
  {
    name: 'one to be confirmed, nobody to ask',
    candidates: [CONFIRMED],
    cardholderSelection: false,
    answer: 0,
    shown: 0,
    chosen: null,
  },
  {
    name: 'one to be confirmed and another, nobody to ask',
    candidates: [CONFIRMED, ...FREE],
    cardholderSelection: false,
    answer: 0,
    shown: 0,
    chosen: '01',
  },
  { name: 'an empty list', candidates: [], cardholderSelection: true, answer: 0, shown: 0, chosen: null },
]

describe('the next application to try, Book 1, 12.4', () => {
  for (const { name, candidates, cardholderSelection, answer, shown, chosen } of CASES) {
    test(name, async () => {
      let seen: readonly Choice[] = []
      const choose = async (choices: readonly Choice[]): Promise<number | null> => {
        seen = choices
        return answer
      }
      const session = {} as CardSession
      const note = (): void => undefined
      const cardholder = { ...silentCardholder, choose }
      const step = await chooseCandidate(candidates, { session, note, cardholder, cardholderSelection })
      assert.ok(step.done)
      assert.equal(step.value?.aid ?? null, chosen)
      assert.equal(seen.length, shown)
    })
  }
})

test('a cardholder who cancels ends the transaction', async () => {
  const card = new TestCard({
    answers: {
      '00A404000E': '6F15840E315041592E5359532E4444463031A5038801019000',
      '00B2010C': `700E610C4F07${AID}8701819000`,
      '00B2020C': '6A83',
    },
  })
  const options = { cardholderSelection: true, cardholder: { choose: async () => null } }
  const { result } = await runKernel(card, options)
  assert.equal(result.code, 'cardholder_cancelled')
  assert.equal(result.outcome, 'Declined')
  assert.ok(card.commands.every((command) => !command.startsWith('80A8')))
})

test('an application that refuses to be selected or initiated gives way to the next', async () => {
  for (const refusal of [{ [`00A4040007${AID}`]: '6A82' }, { '80A8': '6985' }]) {
    const { result } = await runKernel(new TestCard({ answers: refusal }))
    assert.deepEqual([result.outcome, result.code], ['EndApplication', 'no_common_application'])
  }
})
