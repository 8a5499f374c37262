import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { correlate } from '../../protocols/journal/correlate.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'
import type { TapRequest } from '../../simulators/pos/terminal.ts'
import { Bench, type Shop } from '../../steps/bench/bench.ts'
import { goOn } from '../../steps/bench/closer.ts'
import { type Money, parsePrice, unknownCurrency } from '../../steps/bench/money.ts'
import { loadProfile, type Profile, type Transport } from '../../steps/bench/profile.ts'
import { sharedMicroseconds } from '../../steps/bench/side/wire.ts'
import { tapDocument } from '../../steps/bench/tap-document.ts'
import { timeline } from '../../steps/report/timeline.ts'
import { EXIT } from '../lib/exit.ts'
import { profileFor, repeating } from '../lib/lone-terminal.ts'
import { type RecordedTap, recordedTap } from '../lib/recorded-tap.ts'

export interface TapOptions {
  card: string
  terminal?: string
  /** Default: 12.50, or the recording's. */
  amount?: string
  /** Default: EUR, or the recording's. */
  currency?: string
  transport?: Transport
  reader?: string
  profile: string
  json?: boolean
  verbose?: boolean
}

/** One tap on a bench of its own; exit code 1 when it was not approved. */
export async function tap(options: TapOptions): Promise<number> {
  const profile = loadProfile(options.profile, process.env)
  const order = await orderOf(options, profile)
  // A card in somebody's reader needs no simulated one beside it.
  const transport = options.reader === undefined ? (options.transport ?? profile.card.transport) : 'loopback'
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport } })
  try {
    const { terminal, amount, recorded } = order
    const shop = await bench.openShop({ currency: amount.currency, terminal })
    const journal = new MemoryJournal(sharedMicroseconds)
    const result =
      options.reader === undefined
        ? await tapSimulated(bench, shop, order, options.card, journal)
        : await tapReader(bench, shop, amount, options.reader, journal)
    await bench.services.customer.idle()
    const notes = await bench.slot.notes()
    goOn()
    print(result, journal, options, recorded === null)
    for (const note of notes) process.stderr.write(`tapbench: ${note}\n`)
    return result.outcome.word === 'Approved' ? EXIT.done : EXIT.unexpected
  } finally {
    await bench.close()
  }
}

/** What is tapped where, for how much. */
interface Order {
  terminal: TerminalProfile
  amount: Money
  /** Null for a card of a profile. */
  recorded: RecordedTap | null
}

/** What is wrong on the command line is said before anything starts. */
async function orderOf(options: TapOptions, { currencies, pos }: Profile): Promise<Order> {
  const recorded = options.reader === undefined ? recordedTap(options) : null
  const { amount = '12.50', currency = 'EUR' } = options
  const money = recorded?.amount ?? parsePrice(amount, currency)
  if (!currencies.includes(money.currency)) throw unknownCurrency(money.currency, currencies)
  if (recorded === null) loadCardProfile(options.card)
  const terminal =
    recorded === null
      ? await loadTerminalProfile(options.terminal ?? pos.terminal)
      : await profileFor(recorded.conditions)
  return { terminal, amount: money, recorded }
}

async function tapSimulated(
  bench: Bench,
  shop: Shop,
  { amount, terminal, recorded }: Order,
  profile: string,
  journal: MemoryJournal,
): Promise<TapResult> {
  await bench.slot.insert(recorded?.recording ?? (await issue(bench, amount, profile)))
  const request = { reader: bench.slot.reader, amount: amount.value, currency: amount.currency }
  const repeated = recorded === null ? {} : asThen(recorded, terminal, bench)
  return record(bench, journal, () => shop.terminal.tap({ ...request, ...repeated }))
}

async function issue(bench: Bench, amount: Money, profile: string): Promise<CardImage> {
  const holder = await bench.openAccount({ ...amount, value: amount.value * 10n })
  const { image } = await bench.issueCard(holder, { profile })
  return image
}

/** The card is told the numbers, the moment and the receiver of its recording, which is nobody of this bench. */
function asThen(
  { conditions, amount }: RecordedTap,
  { wallets }: TerminalProfile,
  { clock }: Bench,
): Pick<TapRequest, 'tamper' | 'emv'> {
  const unpredictableNumber = fromHex(conditions.unpredictableNumber)
  const receiver = wallets[amount.currency]
  return {
    tamper: {
      unpredictableNumber,
      transactionClockMs: Date.parse(conditions.at) - clock.now(),
      ...(receiver === undefined ? {} : { receiver }),
    },
    emv: { random: repeating(unpredictableNumber) },
  }
}

async function tapReader(
  bench: Bench,
  shop: Shop,
  amount: Money,
  name: string,
  journal: MemoryJournal,
): Promise<TapResult> {
  const reader = new PcscReader({ name })
  try {
    return await record(bench, journal, () =>
      shop.terminal.tap({ reader, amount: amount.value, currency: amount.currency }),
    )
  } finally {
    reader.close()
  }
}

async function record(
  bench: Bench,
  journal: MemoryJournal,
  tap: () => Promise<TapResult>,
): Promise<TapResult> {
  await bench.recordTo(journal)
  return tap()
}

function print(
  result: TapResult,
  journal: MemoryJournal,
  { json, verbose, card, reader }: TapOptions,
  isProfile: boolean,
): void {
  const profile = isProfile && reader === undefined ? card : null
  const entries = correlate(journal.entries)
  const text = json
    ? `${JSON.stringify(tapDocument(result, entries, profile), null, 2)}\n`
    : timeline(entries, { outcome: result.outcome, verbose: verbose === true })
  process.stdout.write(text)
}
