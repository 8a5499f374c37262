import type { CardConnection, CardReader } from '../../../../hardware/pcsc/reader.ts'
import { fromHex } from '../../../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../../../protocols/clock/manual-clock.ts'
import { type CaKeyStore, caKeyStore } from '../../../../protocols/emv/oda/ca-key.ts'
import { rememberingImport } from '../../../../protocols/emv/oda/rsa.ts'
import { MemoryJournal } from '../../../../protocols/journal/memory-journal.ts'
import { CardSession } from '../../card-session.ts'
import { type Cardholder, silentCardholder } from '../../emv/cardholder.ts'
import type { KernelResult } from '../../emv/kernel-result.ts'
import type { OnlineAnswer, OnlineRequest } from '../../emv/online.ts'
import { emvSettings } from '../../emv/settings.ts'
import { type EmvTransaction, PURCHASE } from '../../emv/transaction.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../profile.ts'
import { contactKernel } from '../contact-kernel.ts'
import { type ContactApplication, contactSettings } from '../settings.ts'
import { CA_ENTRY, RID } from './keys.ts'

/** Whatever answers commands. */
export interface Answerer {
  transmit(command: Uint8Array): Uint8Array
}

export interface RunOptions {
  type?: string
  country?: string
  emv?: Record<string, unknown>
  application?: Partial<ContactApplication>
  /** In place of the one application of the test card. */
  applications?: unknown[]
  cardholderSelection?: boolean
  transaction?: Partial<EmvTransaction>
  cardholder?: Partial<Cardholder>
  online?: Partial<OnlineAnswer>
  caKeys?: CaKeyStore
  random?: (length: number) => Uint8Array
}

export interface Run {
  result: KernelResult
  journal: MemoryJournal
  requests: OnlineRequest[]
}

const ZERO = '0000000000'
const ALL = { denial: ZERO, online: ZERO, default: ZERO }
const APPROVAL: OnlineAnswer = {
  decision: 'approve',
  responseCode: '00',
  issuerAuthenticationData: null,
  scripts: [],
  code: null,
}
const importKey = rememberingImport(64)
const caKeys = caKeyStore([CA_ENTRY])

/** A terminal that nothing in its own settings makes decline or go online: what a test changes is what it sees. */
export async function terminalOf(options: RunOptions): Promise<TerminalProfile> {
  const base = await loadTerminalProfile('contact')
  const application = {
    aid: RID,
    version: '0096',
    actionCodes: ALL,
    floorLimit: 100_000,
    randomSelection: { target: 0, maximum: 0, threshold: 0 },
    ...options.application,
  }
  return {
    ...base,
    type: options.type ?? '22',
    country: options.country ?? base.country,
    emv: emvSettings.parse({ ...base.emv, ...options.emv }),
    contact: contactSettings.parse({
      cardholderSelection: options.cardholderSelection ?? false,
      applications: options.applications ?? [application],
    }),
  }
}

/** Runs the contact kernel on a card. */
export async function runKernel(card: Answerer, options: RunOptions = {}): Promise<Run> {
  const clock = new ManualClock(Date.UTC(2026, 10, 21, 9, 8, 7))
  const journal = new MemoryJournal(() => 0)
  const requests: OnlineRequest[] = []
  const terminal = await terminalOf(options)
  const opened = await CardSession.open(readerOf(card), { clock, journal, waitMs: 1, apduMs: 1 })
  if (!opened.done) throw new Error('expected a card in the reader of the test, there is none')
  const result = await contactKernel(opened.value, terminal, transactionOf(options), {
    clock,
    journal,
    random: options.random ?? ((length) => new Uint8Array(length)),
    caKeys: options.caKeys ?? caKeys,
    importKey,
    cardholder: { ...silentCardholder, ...options.cardholder },
    online: async (request) => {
      requests.push(request)
      return { ...APPROVAL, ...options.online }
    },
  })
  return { result, journal, requests }
}

function transactionOf({ transaction }: RunOptions): EmvTransaction {
  return {
    ...PURCHASE,
    amount: 1_250n,
    currency: { code: 'EUR', numeric: '0978', exponent: 2 },
    date: fromHex('261121'),
    time: fromHex('090807'),
    unpredictableNumber: fromHex('01234567'),
    ...transaction,
  }
}

export function readerOf(card: Answerer): CardReader {
  const connection: CardConnection = {
    atr: fromHex('3B6500002063CB6A00'),
    transmit: async (command) => card.transmit(command),
    disconnect: async () => undefined,
  }
  return { name: 'test', connect: async () => connection }
}
