import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'
import { Bench, type Shop } from '../../steps/bench/bench.ts'
import { goOn } from '../../steps/bench/closer.ts'
import { type Money, parsePrice, unknownCurrency } from '../../steps/bench/money.ts'
import { loadProfile, type Profile, type Transport } from '../../steps/bench/profile.ts'
import { sharedMicroseconds } from '../../steps/bench/side/wire.ts'
import { tapDocument } from '../../steps/bench/tap-document.ts'
import { timeline } from '../../steps/report/timeline.ts'
import { EXIT } from '../lib/exit.ts'

export interface TapOptions {
  card: string
  terminal?: string
  amount: string
  currency: string
  transport?: Transport
  reader?: string
  profile: string
  json?: boolean
  verbose?: boolean
}

/** One tap on a bench of its own; exit code 1 when it was not approved. */
export async function tap(options: TapOptions): Promise<number> {
  const amount = parsePrice(options.amount, options.currency)
  const profile = loadProfile(options.profile, process.env)
  await check(options, profile)
  // A card in somebody's reader needs no simulated one beside it.
  const transport = options.reader === undefined ? (options.transport ?? profile.card.transport) : 'loopback'
  const bench = await Bench.start({ ...profile, card: { ...profile.card, transport } })
  try {
    const shop = await bench.openShop({
      currency: amount.currency,
      ...(options.terminal === undefined ? {} : { terminal: options.terminal }),
    })
    const journal = new MemoryJournal(sharedMicroseconds)
    const result =
      options.reader === undefined
        ? await tapSimulated(bench, shop, amount, options, journal)
        : await tapReader(bench, shop, amount, options.reader, journal)
    await bench.services.customer.idle()
    goOn()
    print(result, journal, options)
    return result.outcome.word === 'Approved' ? EXIT.done : EXIT.unexpected
  } finally {
    await bench.close()
  }
}

/** What is wrong on the command line is said before anything starts. */
async function check({ currency, card, terminal }: TapOptions, { currencies, pos }: Profile): Promise<void> {
  if (!currencies.includes(currency)) throw unknownCurrency(currency, currencies)
  loadCardProfile(card)
  await loadTerminalProfile(terminal ?? pos.terminal)
}

async function tapSimulated(
  bench: Bench,
  shop: Shop,
  amount: Money,
  { card: profile }: TapOptions,
  journal: MemoryJournal,
): Promise<TapResult> {
  const holder = await bench.openAccount({ ...amount, value: amount.value * 10n })
  const card = await bench.issueCard(holder, { profile })
  await bench.slot.insert(card.image)
  return record(bench, journal, () =>
    shop.terminal.tap({ reader: bench.slot.reader, amount: amount.value, currency: amount.currency }),
  )
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

function print(result: TapResult, journal: MemoryJournal, { json, verbose, card, reader }: TapOptions): void {
  const text = json
    ? `${JSON.stringify(tapDocument(result, journal.entries, reader === undefined ? card : null), null, 2)}\n`
    : timeline(journal.entries, { outcome: result.outcome, verbose: verbose === true })
  process.stdout.write(text)
}
