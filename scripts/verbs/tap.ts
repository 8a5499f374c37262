import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { correlate } from '../../protocols/journal/correlate.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { machineRandom as random } from '../../simulators/common/machine-random.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'
import type { TapRequest } from '../../simulators/pos/terminal.ts'
import { Bench, type IssuedCard, type Shop, type ShopOrder } from '../../steps/bench/bench.ts'
import { type Closer, closing, goOn, withClosers } from '../../steps/bench/closer.ts'
import { type Money, parsePrice, unknownCurrency } from '../../steps/bench/money.ts'
import { ConfigurationError, loadProfile, type Profile, type Transport } from '../../steps/bench/profile.ts'
import { tapDocument } from '../../steps/bench/tap-document.ts'
import { benchLog } from '../../steps/log/bench-log.ts'
import { timeline } from '../../steps/report/timeline.ts'
import { ScenarioJournal } from '../../steps/scenario-journal.ts'
import { settled } from '../../steps/settled.ts'
import { KeptDevices } from '../../steps/terminals/kept/devices.ts'
import { keptTerminal } from '../../steps/terminals/kept/kept-terminal.ts'
import { lockFolder } from '../../steps/terminals/kept/lock.ts'
import { type Estate, estateOf } from '../../steps/terminals/kept/place.ts'
import { exportTaps } from '../../steps/traces/export.ts'
import { EXIT } from '../lib/exit.ts'
import { profileFor, repeating } from '../lib/lone-terminal.ts'
import { type RecordedTap, recordedTap } from '../lib/recorded-tap.ts'

export interface TapOptions {
  card: string
  /** Its profile. */
  terminal?: string
  /** Name of an onboarded terminal, in the estate of `folder`. */
  device?: string
  folder: string
  /** What the cardholder enters; default: the PIN of the card that was issued for this tap. */
  pin?: string
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
  // A file that cannot be written is told of before anything starts.
  benchLog()
  // A card in somebody's reader needs no simulated one beside it.
  const transport = options.reader === undefined ? (options.transport ?? profile.card.transport) : 'loopback'
  return withClosers(async (closers) => {
    const { admission, estate } = await terminalFor(options, closers)
    const parts = { ...profile, card: { ...profile.card, transport } }
    const bench = await closing(closers, Bench.start(parts, estate))
    const { terminal, amount, recorded } = order
    const shop = await bench.openShop({ currency: amount.currency, terminal, admission })
    const journal = new ScenarioJournal()
    const result =
      options.reader === undefined
        ? await tapSimulated(bench, shop, order, options, journal)
        : await tapReader(bench, shop, amount, options.reader, options.pin, journal)
    const unsettled = await settled(journal, bench).then(
      () => [],
      (error: Error) => [error.message],
    )
    const notes = await bench.slot.notes()
    const entries = correlate(journal.entries)
    benchLog().journal(entries, journal.beganUs)
    const untraced = await exportTaps(entries, journal.beganUs)
    goOn()
    print(result, journal, options, recorded === null)
    for (const note of [...unsettled, ...(untraced === null ? [] : [untraced]), ...notes])
      process.stderr.write(`tapbench: ${note}\n`)
    return result.outcome.word === 'Approved' ? EXIT.done : EXIT.unexpected
  })
}

/** How the terminal comes to the bench. Nobody else works on an onboarded one meanwhile. */
async function terminalFor(
  { device, folder }: TapOptions,
  closers: Closer[],
): Promise<{ admission: NonNullable<ShopOrder['admission']>; estate: Estate | null }> {
  if (device === undefined) return { admission: 'registered', estate: null }
  await closing(closers, lockFolder(folder))
  return { admission: await keptTerminal(new KeptDevices(folder, random), device), estate: estateOf(folder) }
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
  requirePin(options.pin)
  const { amount = '12.50', currency = 'EUR' } = options
  const money = recorded?.amount ?? parsePrice(amount, currency)
  if (!currencies.includes(money.currency)) throw unknownCurrency(money.currency, currencies)
  if (recorded === null) loadCardProfile(options.card)
  const terminal =
    recorded === null
      ? await terminalProfile(options.terminal ?? pos.terminal, options.folder)
      : await profileFor(recorded.conditions)
  return { terminal, amount: money, recorded }
}

/** The name of an onboarded terminal is no profile's. */
async function terminalProfile(name: string, folder: string): Promise<TerminalProfile> {
  try {
    return await loadTerminalProfile(name)
  } catch (error) {
    const devices = await new KeptDevices(folder, random).names()
    if (!devices.includes(name)) throw error
    throw new ConfigurationError(
      `expected a terminal profile in --terminal, "${name}" is an onboarded terminal: --device ${name}`,
    )
  }
}

async function tapSimulated(
  bench: Bench,
  shop: Shop,
  { amount, terminal, recorded }: Order,
  { card, pin }: TapOptions,
  journal: ScenarioJournal,
): Promise<TapResult> {
  const { image, pin: own } =
    recorded === null ? await issue(bench, amount, card) : { image: recorded.recording, pin: null }
  await bench.slot.insert(image)
  const request = {
    reader: bench.slot.reader,
    amount: amount.value,
    currency: amount.currency,
    ...entering(pin ?? own),
  }
  const repeated = recorded === null ? {} : asThen(recorded, terminal, bench)
  return record(bench, journal, () => shop.terminal.tap({ ...request, ...repeated }))
}

async function issue(bench: Bench, amount: Money, profile: string): Promise<IssuedCard> {
  const holder = await bench.openAccount({ ...amount, value: amount.value * 10n })
  return bench.issueCard(holder, { profile })
}

/** Who has no PIN stands before a PIN pad that does not work. */
function entering(pin: string | null): Pick<TapRequest, 'pinPad'> {
  return pin === null ? {} : { pinPad: async () => ({ kind: 'entered', pin }) }
}

/** ISO 9564-1:2017, 8.1: 4 to 12 digits. What came is not said: it may be somebody's. */
function requirePin(pin: string | undefined): void {
  if (pin !== undefined && !/^\d{4,12}$/.test(pin))
    throw new ConfigurationError('expected 4 to 12 digits in --pin, got something else')
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
  pin: string | undefined,
  journal: ScenarioJournal,
): Promise<TapResult> {
  const reader = new PcscReader({ name })
  try {
    return await record(bench, journal, () =>
      shop.terminal.tap({
        reader,
        amount: amount.value,
        currency: amount.currency,
        ...entering(pin ?? null),
      }),
    )
  } finally {
    reader.close()
  }
}

async function record(
  bench: Bench,
  journal: ScenarioJournal,
  tap: () => Promise<TapResult>,
): Promise<TapResult> {
  await bench.recordTo(journal)
  return tap()
}

function print(
  result: TapResult,
  journal: ScenarioJournal,
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
