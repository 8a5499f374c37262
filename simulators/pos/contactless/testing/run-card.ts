import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { CardReader } from '../../../../hardware/pcsc/reader.ts'
import { fromHex } from '../../../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../../../protocols/clock/manual-clock.ts'
import { currencyByCode } from '../../../../protocols/emv/currency.ts'
import { MemoryJournal } from '../../../../protocols/journal/memory-journal.ts'
import { CardSession } from '../../card-session.ts'
import { silentCardholder } from '../../emv/cardholder.ts'
import { noIssuer } from '../../emv/online.ts'
import { emvSettings } from '../../emv/settings.ts'
import { type EmvTransaction, PURCHASE } from '../../emv/transaction.ts'
import { contactlessProfile, type Kernel2Configuration } from '../configuration.ts'
import type { ContactlessDeps } from '../context.ts'
import { type ContactlessTerminal, runContactless } from '../entry-point.ts'
import type { ContactlessResult } from '../result.ts'
import { TornLog } from '../torn-log.ts'
import type { UserInterfaceRequest } from '../user-interface.ts'
import { testCaKeys } from './test-card.ts'

const FILE = new URL('../../../../fixtures/terminals/contactless.yaml', import.meta.url)
const EURO = currencyByCode('EUR') ?? assert.fail('expected EUR')

/** A counter in place of chance, so that each run is the same. */
export function counting(): (length: number) => Uint8Array {
  let next = 1
  return (length) => Uint8Array.from({ length }, () => next++ & 0xff)
}

export async function testTerminal(
  changes: Partial<Kernel2Configuration> = {},
  type = '22',
): Promise<ContactlessTerminal> {
  const { emv, contactless } = parse(await readFile(FILE, 'utf8'), { merge: true })
  const profile = contactlessProfile.parse(contactless)
  const combinations = profile.combinations.map((combination) => ({
    ...combination,
    kernel2: { ...combination.kernel2, ...changes },
  }))
  return { type, country: '0276', emv: emvSettings.parse(emv), contactless: { ...profile, combinations } }
}

export function purchase(amount: bigint, changes: Partial<EmvTransaction> = {}): EmvTransaction {
  return {
    ...PURCHASE,
    amount,
    currency: EURO,
    date: fromHex('261121'),
    time: fromHex('120000'),
    unpredictableNumber: fromHex('0A0B0C0D'),
    ...changes,
  }
}

export interface Run {
  result: ContactlessResult
  journal: MemoryJournal
  shown: UserInterfaceRequest[]
}

/** Presents a card once. `deps`: what is kept from one presentation to the next. */
export async function present(
  card: CardReader,
  options: {
    amount?: bigint
    transaction?: Partial<EmvTransaction>
    terminal?: ContactlessTerminal
    deps?: Partial<ContactlessDeps>
  } = {},
): Promise<Run> {
  const clock = new ManualClock()
  const journal = new MemoryJournal(() => 0)
  const shown: UserInterfaceRequest[] = []
  const opened = await CardSession.open(card, { clock, journal, waitMs: 1000, apduMs: 1000 })
  if (!opened.done) assert.fail('expected a card')
  const deps: ContactlessDeps = {
    clock,
    random: counting(),
    journal,
    caKeys: testCaKeys(),
    online: noIssuer,
    cardholder: silentCardholder,
    nowUs: () => 0,
    tornLog: new TornLog({ records: 2, lifetimeMs: 300_000 }),
    display: (request) => void shown.push(request),
    ...options.deps,
  }
  const terminal = options.terminal ?? (await testTerminal())
  const transaction = purchase(options.amount ?? 1000n, options.transaction)
  const result = await runContactless(opened.value, terminal, transaction, deps)
  await opened.value.close()
  return { result, journal, shown }
}
