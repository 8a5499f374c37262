import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Admin } from '../seeding.ts'
import { knownPayments, movedSince } from './moved.ts'

interface Lists {
  outgoing?: [id: string, state: string][]
  incoming?: [id: string, received: number][]
  ends?: [id: string, sent: number][]
}

/** A Rafiki with these payments, the newest first; every debit amount is 506. */
function rafiki({ outgoing = [], incoming = [], ends = [] }: Lists): Admin {
  const list = (nodes: object[]) => ({ edges: nodes.map((node) => ({ node })) })
  const amount = (value: number) => ({ value: String(value) })
  const answer = {
    walletAddress: {
      outgoingPayments: list(outgoing.map(([id, state]) => ({ id, state, debitAmount: amount(506) }))),
      incomingPayments: list(incoming.map(([id, received]) => ({ id, receivedAmount: amount(received) }))),
    },
    webhookEvents: list(ends.map(([id, sent]) => ({ data: { id, sentAmount: amount(sent) } }))),
  }
  return { run: async () => answer as never }
}

const OLD: Lists = {
  outgoing: [
    ['old-2', 'FUNDING'],
    ['old-1', 'COMPLETED'],
  ],
  incoming: [['back-1', 100]],
  ends: [['old-1', 500]],
}

const CASES: [what: string, since: Lists, moved: [sent: bigint, underWay: bigint, received: bigint]][] = [
  ['nothing', {}, [0n, 0n, 0n]],
  ['a payment that has ended', { outgoing: [['new', 'COMPLETED']], ends: [['new', 500]] }, [500n, 0n, 0n]],
  ['one whose end nobody has told yet', { outgoing: [['new', 'COMPLETED']] }, [0n, 506n, 0n]],
  ['one that waits for the issuer', { outgoing: [['new', 'FUNDING']] }, [0n, 506n, 0n]],
  ['one that the issuer has refused', { outgoing: [['new', 'CANCELLED']] }, [0n, 0n, 0n]],
  ['one that has failed half-way', { outgoing: [['new', 'FAILED']], ends: [['new', 200]] }, [200n, 0n, 0n]],
  ['money that came back', { incoming: [['back-2', 250]] }, [0n, 0n, 250n]],
]

for (const [what, since, [sent, underWay, received]] of CASES)
  test(`what has moved: ${what}; what was there before does not count`, async () => {
    const known = await knownPayments(rafiki(OLD), 'wallet-1')
    const now = rafiki({
      outgoing: [...(since.outgoing ?? []), ...(OLD.outgoing ?? [])],
      incoming: [...(since.incoming ?? []), ...(OLD.incoming ?? [])],
      ends: [...(since.ends ?? []), ...(OLD.ends ?? [])],
    })
    assert.deepEqual(await movedSince(now, 'wallet-1', known), { sent, underWay, received })
  })

test('more payments than Rafiki lists at once are an error, not half a sum', async () => {
  const known = await knownPayments(rafiki({}), 'wallet-1')
  const many = Array.from({ length: 100 }, (_, index): [string, string] => [`new-${index}`, 'CANCELLED'])
  await assert.rejects(movedSince(rafiki({ outgoing: many }), 'wallet-1', known), /expected less than 100/)
})
