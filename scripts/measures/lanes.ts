import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { FaultyCard } from '../../simulators/card/faulty-card.ts'
import type { Bench, Shop } from '../../steps/bench/bench.ts'
import { parseMoney } from '../../steps/bench/money.ts'

// A card counts to 65,535 transactions.
const BALANCE = parseMoney('1000000000.00', 'EUR')

/** A cardholder, a card in a loopback reader of its own and a terminal, that can tap again and again. */
export interface Lane {
  /** One tap for 1.00 EUR. Throws when it was not approved: only approved taps are measured. */
  tap(): Promise<void>
}

/** So many lanes on one bench. */
export async function openLanes(bench: Bench, count: number): Promise<Lane[]> {
  const lanes: Lane[] = []
  for (let lane = 0; lane < count; lane++) lanes.push(await openLane(bench, lane))
  return lanes
}

async function openLane(bench: Bench, number: number): Promise<Lane> {
  const holder = await bench.openAccount(BALANCE)
  const { image } = await bench.issueCard(holder, { profile: 'interledger' })
  const shop: Shop = await bench.openShop({ currency: BALANCE.currency })
  const reader = new LoopbackReader(`lane ${number}`, bench.clock)
  reader.insert(new FaultyCard(image))
  return {
    async tap() {
      const { outcome } = await shop.terminal.tap({ reader, amount: 100n, currency: BALANCE.currency })
      if (outcome.word !== 'Approved')
        throw new Error(`expected every measured tap to be approved, got ${outcome.word}: ${outcome.reason}`)
    },
  }
}
