import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import type { OnlineAnswer } from '../emv/online.ts'
import { type Answerer, type RunOptions, runKernel } from './testing/run-kernel.ts'
import { type CardChanges, TestCard } from './testing/test-card.ts'

const OUTCOMES = ['Approved', 'Declined', 'EndApplication']
// A whole directory of 255 records is the longest that these cards can make of one answer.
const MOST_COMMANDS = 1_000

const ONLINE: RunOptions = {
  application: { actionCodes: { denial: '0000000000', online: 'FFFFFFFFFF', default: '0000000000' } },
  cardholder: { offlinePin: async () => ({ kind: 'entered', pin: '1234' }) },
  online: {
    issuerAuthenticationData: fromHex('11223344556677883030'),
    scripts: [fromHex('72098607841E00000401029000')],
  },
}
const CARDS: readonly CardChanges[] = [
  { aip: '5C00', oda: 'SDA' },
  { aip: '3C00', oda: 'DDA', objects: { '8E': '00000000000000004400 0100 1F00'.replaceAll(' ', '') } },
  { aip: '1D00', oda: 'DDA', objects: { '9F14': '01', '9F23': '02' } },
]

/** Counts what is asked, so that a terminal that never ends is seen. */
class Counting implements Answerer {
  count = 0
  readonly #answer: (command: Uint8Array, index: number) => Uint8Array

  constructor(answer: (command: Uint8Array, index: number) => Uint8Array) {
    this.#answer = answer
  }

  transmit(command: Uint8Array): Uint8Array {
    assert.ok(this.count < MOST_COMMANDS, `expected at most ${MOST_COMMANDS} commands`)
    return this.#answer(command, this.count++)
  }
}

const statusWord = fc.constantFrom('9000', '6100', '6C00', '6283', '63C1', '6985', '6A82', '6A83')
const answerOf = (data: Uint8Array, sw: string) => Uint8Array.from([...data, ...fromHex(sw)])

test('random answers end in an outcome', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.infiniteStream(fc.tuple(fc.uint8Array({ maxLength: 40 }), statusWord)),
      async (stream) => {
        const card = new Counting(() => {
          const [data, sw] = stream.next().value
          return answerOf(data, sw)
        })
        const { result } = await runKernel(card, ONLINE)
        assert.ok(OUTCOMES.includes(result.outcome))
      },
    ),
    { numRuns: 200 },
  )
})

/** One byte changed, some cut off, or some added: what a bad chip or a bad contact makes of a good answer. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), at: fc.nat(255), by: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(255), by: fc.constant(0) }),
  fc.record({ kind: fc.constant('add' as const), at: fc.constant(0), by: fc.nat(255) }),
)
type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never

function damaged(answer: Uint8Array, { kind, at, by }: Damage): Uint8Array {
  if (kind === 'add') return Uint8Array.from([...answer.subarray(0, -2), by, ...answer.subarray(-2)])
  const index = at % answer.length
  if (kind === 'cut') return answer.subarray(0, index)
  return answer.map((byte, position) => (position === index ? byte ^ by : byte))
}

for (const [number, changes] of CARDS.entries()) {
  test(`answers of card ${number + 1}, one of them damaged, end in an outcome`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), damage, async (which, how) => {
        const card = new TestCard(changes)
        const counting = new Counting((command, index) => {
          const answer = card.transmit(command)
          return index === which ? damaged(answer, how) : answer
        })
        const { result } = await runKernel(counting, ONLINE)
        assert.ok(OUTCOMES.includes(result.outcome))
      }),
      { numRuns: 200 },
    )
  })
}

test('a card that names its next application for ever', async () => {
  let next = 0
  const card = new Counting(([, ins]) => {
    if (ins !== 0xa4) return fromHex('6D00')
    const name = (next++).toString(16).padStart(8, '0')
    return fromHex(`6F0D8409AFFFFFFFFF${name}A5009000`)
  })
  const { result } = await runKernel(card)
  assert.equal(result.code, 'no_common_application')
})

test('a card whose tries never end', async () => {
  const card = new TestCard({ objects: { '8E': '00000000000000000100' }, answers: { '0020': '63C5' } })
  const { result } = await runKernel(card, ONLINE)
  assert.equal(result.cvmResults, '010001')
  assert.equal(card.commands.filter((command) => command.startsWith('0020')).length, 15)
})

test('answers of an issuer that nobody can read end in an outcome', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 3 }), async (scripts) => {
      const online: Partial<OnlineAnswer> = { scripts }
      const { result } = await runKernel(new TestCard(), { ...ONLINE, online })
      assert.ok(OUTCOMES.includes(result.outcome))
    }),
    { numRuns: 100 },
  )
})
