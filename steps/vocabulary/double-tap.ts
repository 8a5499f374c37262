import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Then, When } from '@cucumber/cucumber'
import type { Outcome } from '../../protocols/outcome/outcome.ts'
import type { Money } from '../bench/money.ts'
import type { TapWorld } from '../world.ts'

When(
  'the terminal sends the held request {int} times at once',
  async function (this: TapWorld, times: number) {
    this.outcomes = await sendAll(this, Array(times).fill({}))
  },
)

When(
  'the terminal makes {int} payments of the held card data at once',
  async function (this: TapWorld, times: number) {
    this.outcomes = await sendAll(
      this,
      Array.from({ length: times }, () => ({ requestId: randomUUID() })),
    )
  },
)

When(
  'the terminal sends the same request again with {money}',
  async function (this: TapWorld, { value }: Money) {
    const { amount } = bodyOf(this)
    const [outcome] = await sendAll(this, [{ amount: { ...Object(amount), value: `${value}` } }])
    this.outcome = outcome ?? null
  },
)

Then('all of them are {string}', function (this: TapWorld, word: string) {
  assert.deepEqual(
    this.outcomes.map((outcome) => outcome.word),
    this.outcomes.map(() => word),
  )
})

Then(
  'one of them is {string}, the others are {string} because {string}',
  function (this: TapWorld, one: string, others: string, reason: string) {
    const [first, ...rest] = this.outcomes.map(({ word, reason }) => [word, reason]).sort()
    assert.deepEqual(first, [one, null])
    assert.deepEqual(
      rest,
      rest.map(() => [others, reason]),
    )
  },
)

/** Sends the body of the last tap once for each of the changes, all at the same time, each signed by itself. */
function sendAll(world: TapWorld, changes: readonly Record<string, unknown>[]): Promise<Outcome[]> {
  const body = bodyOf(world)
  const { terminal } = world.shop
  return Promise.all(
    changes.map((change) => terminal.repeat({ body: JSON.stringify({ ...body, ...change }) })),
  )
}

function bodyOf({ lastTap: { request } }: TapWorld): Record<string, unknown> {
  if (request === null) throw new Error('expected the last tap to have made a request')
  return JSON.parse(request.body)
}
