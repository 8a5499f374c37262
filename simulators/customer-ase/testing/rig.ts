import { randomUUID } from 'node:crypto'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import type { Journal, JournalEntry, JournalEvent } from '../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import type { RafikiSecret } from '../../../protocols/signatures/rafiki.ts'
import { signRafiki } from '../../../protocols/signatures/rafiki.ts'
import { machineRandom } from '../../common/machine-random.ts'
import { testDatabase } from '../../common/testing/test-database.ts'
import type { CardKeys } from '../cards/card-keys.ts'
import type { CardOrder } from '../cards/cards.ts'
import type { CustomerAseConfig } from '../config.ts'
import { type CustomerAse, startCustomerAse } from '../customer-ase.ts'
import { RafikiStub } from './rafiki-stub.ts'
import { type SignedFields, SoftwareCard, unpredictableNumbers } from './software-card.ts'

export const RECEIVER = 'https://shop.tapbench.example/bookshop'
const ADMIN: RafikiSecret = { secret: 'admin-secret', version: 1 }
const WEBHOOKS: RafikiSecret = { secret: 'webhook-secret', version: 1 }

export interface Holder {
  accountId: string
  walletAddress: string
  walletAddressId: string
  card: SoftwareCard
}

export interface HolderOptions extends Omit<CardOrder, 'accountId' | 'algorithm'> {
  algorithm?: CardOrder['algorithm']
  balance?: bigint
  assetCode?: string
  assetScale?: number
}

export interface TapOptions {
  amount?: bigint
  /** Replaces what is signed. */
  signed?: Partial<SignedFields>
  /** Replaces members of the event's data after it was made. */
  event?: Record<string, unknown>
  /** Changes the card data on their way. */
  payload?: (signed: Uint8Array) => Uint8Array
  /** Replaces what the terminal sent. */
  sent?: { payload?: string; signature?: string }
  /** Where the incoming payment really pays to; null: it cannot be found. */
  paidTo?: string | null
}

/** An issuer with a stub of Rafiki around it, and the moves of a test. */
export class Rig {
  readonly clock: ManualClock
  readonly rafiki: RafikiStub
  readonly ase: CustomerAse
  readonly transportKey: Uint8Array
  readonly #journal: Recorder
  readonly #un = unpredictableNumbers()

  private constructor(
    clock: ManualClock,
    rafiki: RafikiStub,
    ase: CustomerAse,
    transportKey: Uint8Array,
    journal: Recorder,
  ) {
    this.clock = clock
    this.rafiki = rafiki
    this.ase = ase
    this.transportKey = transportKey
    this.#journal = journal
  }

  /** `keys` and the card simulation share `transportKey`, labelled `transport` in the HSM. */
  static async start(
    keys: CardKeys,
    transportKey: Uint8Array,
    changed: Partial<CustomerAseConfig> = {},
  ): Promise<Rig> {
    const clock = new ManualClock()
    const rafiki = await RafikiStub.start(ADMIN)
    const journal = new Recorder()
    const starting = startCustomerAse({
      port: 0,
      rafiki: { ...ADMIN, adminUrl: rafiki.adminUrl, tenantId: 'tenant' },
      webhooks: WEBHOOKS,
      keys,
      transportKey: 'transport',
      database: testDatabase('customer_ase'),
      clock,
      journal,
      random: machineRandom,
      ...changed,
    })
    const ase = await starting.catch(async (error) => {
      await rafiki.close()
      throw error
    })
    return new Rig(clock, rafiki, ase, transportKey, journal)
  }

  async close(): Promise<void> {
    await this.ase.close()
    await this.rafiki.close()
  }

  async holder({
    balance = 5_000n,
    assetCode = 'EUR',
    assetScale = 2,
    ...order
  }: HolderOptions = {}): Promise<Holder> {
    const walletAddress = `https://wallet.tapbench.example/${randomUUID()}`
    const walletAddressId = randomUUID()
    const opening = { walletAddress, walletAddressId, assetCode, assetScale, balance }
    const { id: accountId } = await this.ase.openAccount(opening)
    const card = await this.issue(accountId, order)
    return { accountId, walletAddress, walletAddressId, card }
  }

  async issue(accountId: string, order: Partial<CardOrder> = {}): Promise<SoftwareCard> {
    const record = await this.ase.issueCard({ algorithm: 'aes-128', ...order, accountId })
    return new SoftwareCard(record, this.transportKey)
  }

  /** The event of a tap of 12.50 EUR, with whatever the options change. */
  created(holder: Holder, options: TapOptions = {}) {
    const { amount = 1_250n, signed, event, sent, paidTo = RECEIVER, payload: change = same } = options
    const now = this.clock.now()
    const { payload, cryptogram } = holder.card.sign(
      { amount, now, un: this.#un(), receiver: RECEIVER },
      signed,
    )
    const receiver = `https://shop.tapbench.example/incoming-payments/${randomUUID()}`
    if (paidTo !== null) this.rafiki.receivers.set(receiver, paidTo)
    const data = {
      ...outgoingPayment(holder.walletAddressId, amount, now),
      receiver,
      cardDetails: {
        requestId: randomUUID(),
        initiatedAt: new Date(now).toISOString(),
        data: { payload: toHex(change(payload)), signature: toHex(cryptogram), ...sent },
      },
      ...event,
    }
    return { id: randomUUID(), type: 'outgoing_payment.created', data }
  }

  /** Taps, waits until the issuer has done its work, and gives its decision. */
  async tap(holder: Holder, options: TapOptions = {}) {
    const event = this.created(holder, options)
    const entries = await this.deliver(event)
    return { event, decision: decisionIn(entries), entries }
  }

  /** Posts an event as Rafiki would, waits until the work is done, and gives what the journal got meanwhile. */
  async deliver(event: unknown): Promise<readonly JournalEntry[]> {
    const before = this.entries.length
    const { status } = await this.post(event)
    if (status !== 200) throw new Error(`expected 200 for the webhook, got ${status}`)
    await this.ase.idle()
    return this.entries.slice(before)
  }

  post(
    body: unknown,
    headers: Record<string, string> = { 'rafiki-signature': this.sign(body) },
  ): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return fetch(this.ase.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
    })
  }

  sign(body: unknown, secret: RafikiSecret = WEBHOOKS, timestamp = this.clock.now()): string {
    return signRafiki(body, secret, timestamp)
  }

  async account({ accountId }: Holder) {
    const account = await this.ase.account(accountId)
    if (account === null) throw new Error(`expected account ${accountId}`)
    return account
  }

  async enquire(body: unknown): Promise<{ status: number; body: unknown }> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(this.ase.decisionsUrl, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: answer.status, body: await answer.json() }
  }

  get entries(): readonly JournalEntry[] {
    return this.#journal.entries
  }

  /** Starts an empty journal, for runs so long that their entries would count as memory. */
  forget(): void {
    this.#journal.forget()
  }
}

const same = (payload: Uint8Array): Uint8Array => payload

/** The `data` of an event about a payment whose debit amount has the slippage that Rafiki adds: 1 %, rounded up. */
export function outgoingPayment(walletAddressId: string, amount: bigint, now: number) {
  const money = (value: bigint) => ({ value: String(value), assetCode: 'EUR', assetScale: 2 })
  return {
    id: randomUUID(),
    walletAddressId,
    client: null,
    state: 'FUNDING',
    receiver: '',
    debitAmount: money(withSlippage(amount)),
    receiveAmount: money(amount),
    sentAmount: money(0n),
    stateAttempts: 0,
    createdAt: new Date(now).toISOString(),
    balance: '0',
  }
}

export function withSlippage(amount: bigint): bigint {
  return (amount * 101n + 99n) / 100n
}

/** The end of a payment, of which `sent` left the account and the rest of the debit amount is still at Rafiki. */
export function ended(event: ReturnType<Rig['created']>, type: 'completed' | 'failed', sent: bigint) {
  const { cardDetails: _, ...data } = event.data
  const { value } = data.debitAmount
  const sentAmount = { ...data.debitAmount, value: String(sent) }
  return {
    id: randomUUID(),
    type: `outgoing_payment.${type}`,
    data: { ...data, sentAmount, balance: String(BigInt(value) - sent) },
  }
}

export function decisionIn(entries: readonly JournalEntry[]) {
  const decision = entries.find((entry) => entry.kind === 'decision')
  return decision === undefined ? null : { word: decision.word, code: decision.code, facts: decision.facts }
}

class Recorder implements Journal {
  #kept = new MemoryJournal(() => 0)

  get entries(): readonly JournalEntry[] {
    return this.#kept.entries
  }

  record(event: JournalEvent): void {
    this.#kept.record(event)
  }

  forget(): void {
    this.#kept = new MemoryJournal(() => 0)
  }
}
