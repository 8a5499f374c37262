import { createHash } from 'node:crypto'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { readTraceparent } from '../../../protocols/journal/traceparent.ts'
import { KEY_REASONS } from '../../../protocols/onboarding/reasons.ts'
import { APPROVED, because, type Outcome } from '../../../protocols/outcome/outcome.ts'
import type { SignedRequest } from '../../../protocols/signatures/http-message.ts'
import { correlated } from '../../common/correlation.ts'
import type { HttpClient } from '../../common/http-client.ts'
import type { RafikiAdmin } from '../../common/rafiki-admin.ts'
import type { Database } from '../database/tables.ts'
import type { Windows } from '../windows.ts'
import { answer, type PaymentAnswer } from './answer.ts'
import { authenticate, type Connection, PLAIN, serialOf } from './authentication.ts'
import { type CardPayment, type CardPaymentResult, payByCard } from './card-payment.ts'
import { FormerRun } from './former-run.ts'
import type { Inquiry } from './inquiry.ts'
import { type Claim, PaymentBook } from './payment-book.ts'
import { type PaymentRequest, type ReadRequest, readPaymentRequest } from './payment-request.ts'
import { applyPolicy } from './policy.ts'
import { PublicKeys } from './public-keys.ts'
import type { Refunds } from './refunds.ts'
import type { SecuredData, SecuredVerdict } from './secured-data.ts'
import { findTerminal, type KnownTerminal } from './terminals.ts'
import { Turns } from './turns.ts'

export interface PaymentDeskOptions {
  db: Database
  http: HttpClient
  admin: RafikiAdmin
  inquiry: Inquiry
  refunds: Refunds
  /** Null of a merchant ASE without keys for terminals. */
  secured: SecuredData | null
  pointOfSaleUrl: string
  windows: Windows
  clock: Clock
  journal: Journal
}

/** What names a payment. */
interface Reference {
  terminalId: string
  requestId: string
}

/** A signed request whose sender is known. */
interface Authenticated {
  terminal: KnownTerminal
  created: number
  nonce: string
  request: PaymentRequest
  bodyDigest: Uint8Array
}

/**
 * What the POS API does with a request: form, terminal, signature, window, replay, former outcome, policy, enciphered data, Rafiki; the first
 * that fails is the reason. One desk per database: a payment under way is known to the process that makes it.
 */
export class PaymentDesk {
  readonly #options: PaymentDeskOptions
  readonly #book: PaymentBook
  readonly #keys = new PublicKeys()
  readonly #turns = new Turns()
  readonly #underWay = new Map<string, Promise<Outcome>>()
  #lastTimestamp = 0

  constructor(options: PaymentDeskOptions) {
    this.#options = options
    this.#book = new PaymentBook(options.db)
  }

  /** Ends what a former run left unfinished, so that nobody waits for it. */
  async open(): Promise<void> {
    const { admin, journal, windows } = this.#options
    const former = new FormerRun({ book: this.#book, admin, journal, skewMs: windows.requestFuture })
    await former.settle((payment, outcome) => this.#finish(payment, outcome))
  }

  /** `connection`: what it says of the sender. */
  async take(message: SignedRequest, connection: Connection = PLAIN): Promise<PaymentAnswer> {
    const read = readPaymentRequest(message.body)
    const tap = readTraceparent(message.headers.traceparent) ?? requestIdOf(read)
    return correlated(tap, () => this.#take(read, message, connection))
  }

  async #take(read: ReadRequest, message: SignedRequest, connection: Connection): Promise<PaymentAnswer> {
    if (!read.ok) return this.#answer(read.requestId, because('request_malformed', read.what), {})
    const { request } = read
    const { db, windows, clock } = this.#options
    const shown = serialOf(connection)
    const find = (id: string) => findTerminal(db, id, request.amount.assetCode, shown)
    const caller = await authenticate(message, { find, keys: this.#keys }, windows, clock.now(), connection)
    if (!caller.authentic) return this.#answer(request.requestId, caller.outcome, factsOf(request))
    const bodyDigest = createHash('sha256').update(message.body).digest()
    const outcome = await this.#process({ ...caller, request, bodyDigest })
    return this.#answer(request.requestId, outcome, factsOf(request, caller.terminal))
  }

  /** The answer to a request that the desk could not process, because something of its own broke. */
  broke(error: unknown): PaymentAnswer {
    this.#note(`a request could not be processed: ${error instanceof Error ? error.message : String(error)}`)
    const { body } = answer(null, because('payment_not_completed', 'the merchant ASE broke'))
    return { status: 500, body }
  }

  async #process(call: Authenticated): Promise<Outcome> {
    const key = `${call.terminal.id} ${call.request.requestId}`
    // One after another, so that whoever finds a payment unfinished also finds it under way.
    const { claim, underWay } = await this.#turns.take(key, async () => {
      const claim = await this.#claim(call)
      if (claim.state === 'new') this.#underWay.set(key, this.#settle(key, call))
      return { claim, underWay: this.#underWay.get(key) }
    })
    if (claim.state === 'replayed') return because('request_replayed')
    if (claim.state !== 'new' && !claim.sameBody)
      return because('request_replayed', 'the same request id with another body')
    if (claim.state === 'finished') return claim.outcome
    if (claim.state === 'unfinished' && underWay !== undefined) return this.#finishLate(call, underWay)
    return underWay ?? because('payment_not_completed', 'the outcome of the first request was not stored')
  }

  #claim({ terminal, nonce, created, request, bodyDigest }: Authenticated): Promise<Claim> {
    const { clock, windows } = this.#options
    return this.#book.claim({
      terminalId: terminal.id,
      nonce,
      nonceExpiresAt: created + windows.request,
      requestId: request.requestId,
      bodyDigest,
      amount: request.amount.value,
      assetCode: request.amount.assetCode,
      sender: request.senderWalletAddress,
      receiverId: terminal.wallet?.walletAddressId ?? null,
      now: clock.now(),
    })
  }

  /** Never rejects: whatever breaks between claim and answer is an outcome and a fact to look into. */
  async #settle(key: string, call: Authenticated): Promise<Outcome> {
    const paid = await this.#pay(call).catch((error: unknown) => {
      this.#note(`payment ${call.request.requestId} broke, reconcile: ${String(error)}`)
      return because('payment_not_completed', 'the merchant ASE broke')
    })
    const { outcome, stored } = await this.#finish(referenceOf(call), paid)
    // In a turn, after everybody who found the payment unfinished has found it under way. What is not stored stays here.
    if (stored) await this.#turns.take(key, async () => this.#underWay.delete(key))
    return outcome
  }

  async #finish(
    { terminalId, requestId }: Reference,
    outcome: Outcome,
  ): Promise<{ outcome: Outcome; stored: boolean }> {
    try {
      const reversed = await this.#book.finish(terminalId, requestId, outcome)
      if (!reversed || outcome.code !== null) return { outcome, stored: true }
      await this.#options.refunds.refundAll(terminalId, requestId)
      const voided = because('payment_reversed')
      await this.#book.finish(terminalId, requestId, voided)
      return { outcome: voided, stored: true }
    } catch (error) {
      this.#note(`${outcome.word} of payment ${requestId} was not stored: ${String(error)}`)
      return { outcome, stored: false }
    }
  }

  /** Stores once more how a payment ended, when its database was gone. */
  async #finishLate(call: Authenticated, underWay: Promise<Outcome>): Promise<Outcome> {
    return (await this.#finish(referenceOf(call), await underWay)).outcome
  }

  async #pay({ terminal, request }: Authenticated): Promise<Outcome> {
    const policy = applyPolicy(terminal, request)
    if (!policy.allowed) return policy.outcome
    const { http, pointOfSaleUrl, windows, clock, inquiry } = this.#options
    const opened = await this.#open(terminal.id, request)
    if (!opened.ok) return opened.outcome
    const { payload } = opened
    const { signature, amount, senderWalletAddress } = request
    const receiverWalletAddress = policy.wallet.walletAddress
    const timestamp = this.#timestamp()
    const payment: CardPayment = {
      signature,
      payload,
      amount,
      senderWalletAddress,
      receiverWalletAddress,
      timestamp,
    }
    const begun = clock.now()
    const result = await payByCard(http, pointOfSaleUrl, payment, windows.payment)
    if (result.kind === 'approved') return APPROVED
    const late = clock.now() - begun >= windows.issuerSilence
    return inquiry.reasonOf(payment, undecided(result, late))
  }

  /** What the terminal enciphered, made ready for the issuer. */
  async #open(terminalId: string, request: PaymentRequest): Promise<SecuredVerdict> {
    const { secured } = this.#options
    if (secured !== null) return secured.open(terminalId, request)
    if (request.account === undefined) return { ok: true, payload: request.payload }
    return { ok: false, outcome: because('ksn_refused', KEY_REASONS.keys_unknown) }
  }

  // The issuer's decision is asked for by payload and timestamp: no two payments may have both in common.
  #timestamp(): number {
    this.#lastTimestamp = Math.max(this.#options.clock.now(), this.#lastTimestamp + 1)
    return this.#lastTimestamp
  }

  #answer(requestId: string | null, outcome: Outcome, facts: Record<string, string>): PaymentAnswer {
    const word = ({ Approved: 'approved', Declined: 'declined', Failed: 'failed' } as const)[outcome.word]
    const { code, reason } = outcome
    this.#options.journal.record({ kind: 'decision', party: 'merchant-ase', word, code, reason, facts })
    return answer(requestId, outcome)
  }

  #note(text: string): void {
    this.#options.journal.record({ kind: 'fact', party: 'merchant-ase', text })
  }
}

function referenceOf({ terminal, request }: Authenticated): Reference {
  return { terminalId: terminal.id, requestId: request.requestId }
}

/** A terminal that says no tap's id is known by its request's. */
function requestIdOf(read: ReadRequest): string | null {
  return read.ok ? read.request.requestId : read.requestId
}

/** The outcome when the issuer never decided, by what Rafiki answered. */
function undecided(result: CardPaymentResult, late: boolean): Outcome {
  switch (result.kind) {
    case 'invalid_signature':
      return because('cryptogram_wrong')
    case 'unreachable':
      return because('rafiki_unreachable')
    case 'timeout':
      return because('issuer_silent')
    case 'unexpected':
      return because('payment_not_completed', `point-of-sale answered HTTP ${result.status}`)
    default:
      return because(late ? 'issuer_silent' : 'payment_not_completed')
  }
}

function factsOf(request: PaymentRequest, terminal?: KnownTerminal): Record<string, string> {
  const { requestId, amount, senderWalletAddress } = request
  return {
    requestId,
    amount: amount.value,
    currency: amount.assetCode,
    sender: senderWalletAddress,
    ...(terminal === undefined ? {} : { terminal: terminal.id, merchant: terminal.merchantId }),
    ...(terminal?.wallet ? { receiver: terminal.wallet.walletAddress } : {}),
  }
}
