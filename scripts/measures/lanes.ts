import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { FaultyCard } from '../../simulators/card/faulty-card.ts'
import type { PinEntry } from '../../simulators/pos/emv/cardholder.ts'
import type { Bench, ShopOrder } from '../../steps/bench/bench.ts'
import { parseMoney } from '../../steps/bench/money.ts'

// A card counts to 65,535 transactions.
const BALANCE = parseMoney('1000000000.00', 'EUR')

/** A cardholder, a card in a loopback reader of its own and a terminal, that can tap again and again. */
export interface Lane {
  /** One tap, for 1.00 EUR unless told, with the right PIN when one is asked for. Throws when it was not approved: only approved taps are measured. */
  tap(amount?: bigint): Promise<void>
}

/** Whose cards and terminals: card profile, and how the terminal is known. */
export interface LaneKind {
  profile: string
  admission: NonNullable<ShopOrder['admission']>
}

/** So many lanes on one bench. */
export async function openLanes(
  bench: Bench,
  count: number,
  kind: LaneKind = { profile: 'interledger', admission: 'registered' },
): Promise<Lane[]> {
  const lanes: Lane[] = []
  for (let lane = 0; lane < count; lane++) lanes.push(await openLane(bench, lane, kind))
  return lanes
}

/** A tap on the lane of this number. */
export function tapOn(lanes: readonly Lane[], amount?: bigint): (lane: number) => Promise<void> {
  return async (lane) => lanes[lane]?.tap(amount)
}

async function openLane(bench: Bench, number: number, { profile, admission }: LaneKind): Promise<Lane> {
  const { currency } = BALANCE
  const holder = await bench.openAccount(BALANCE)
  const { image, pin } = await bench.issueCard(holder, { profile })
  const { terminal } = await bench.openShop({ currency, admission })
  const reader = new LoopbackReader(`lane ${number}`, bench.clock)
  reader.insert(new FaultyCard(image))
  return {
    async tap(amount = 100n) {
      const pinPad = async (): Promise<PinEntry> => ({ kind: 'entered', pin: pin ?? '' })
      const { outcome } = await terminal.tap({ reader, amount, currency, pinPad })
      if (outcome.word !== 'Approved')
        throw new Error(`expected every measured tap to be approved, got ${outcome.word}: ${outcome.reason}`)
    },
  }
}
