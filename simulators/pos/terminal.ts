import type { KeyObject } from 'node:crypto'
import type { CardReader } from '../../hardware/pcsc/reader.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { APPROVED, because, type Outcome } from '../../protocols/outcome/outcome.ts'
import { correlated } from '../common/correlation.ts'
import type { HttpClient, TlsClient } from '../common/http-client.ts'
import { uuid } from '../common/uuid.ts'
import { runCardPhase, type SignedPayload } from './card-phase.ts'
import { CardSession } from './card-session.ts'
import { contactKernel } from './contact/contact-kernel.ts'
import { contactlessKernel, tornLogOf } from './contactless/contactless-kernel.ts'
import type { TransactionKeys } from './device/transaction-keys.ts'
import { type Interface, interfaceOf } from './emv/interface.ts'
import type { Kernel } from './emv/kernel.ts'
import { type EmvRequest, KernelRunner } from './kernel-phase.ts'
import { type PaymentBody, PosApi, readOutcome, type SentRequest } from './payment-request.ts'
import type { TerminalProfile } from './profile.ts'
import { type RequestSigner, signingWith } from './request-signer.ts'
import { noPinPad, type PinPad, secure } from './secure.ts'
import type { SecuredMembers } from './secured-members.ts'
import { done, type Step } from './step.ts'
import type { Tamper } from './tamper.ts'
import { emptyResult, type TapResult } from './tap-result.ts'
import { beginTransaction, requireCurrency, type Transaction, terminalData } from './transaction.ts'

/** Milliseconds of the injected clock. */
export interface TerminalTimeouts {
  /** Until a card is there. */
  card: number
  /** For one APDU. */
  apdu: number
  /** For the POS API's answer; longer than the merchant ASE itself waits for Rafiki. */
  posApi: number
}

export const DEFAULT_TIMEOUTS: TerminalTimeouts = { card: 10_000, apdu: 5_000, posApi: 60_000 }

export interface TerminalOptions {
  profile: TerminalProfile
  /** Signs the requests: a private key (Ed25519 or P-256), or whoever keeps it. */
  key: KeyObject | RequestSigner
  /** As whom it connects to the POS API over TLS: the device that was onboarded. */
  as?: TlsClient
  /** Base URL of the POS API. */
  posApiUrl: string
  clock: Clock
  random: (length: number) => Uint8Array
  journal: Journal
  http: HttpClient
  timeouts?: Partial<TerminalTimeouts>
  /** The keys of the terminal's device; without them no account data and no PIN are sent. */
  keys?: TransactionKeys
  /** Microseconds of any steady origin, by which the relay resistance protocol is timed; by default the machine's. */
  nowUs?: () => number
}

export interface TapRequest {
  reader: CardReader
  /** Minor units, 1 to 999,999,999,999; also 0 where an EMV kernel is to decide on it. */
  amount: bigint
  /** ISO 4217: `EUR`. */
  currency: string
  tamper?: Tamper
  /** Where the cardholder enters a PIN for the issuer; by default there is nobody to do so. */
  pinPad?: PinPad
  /** What an EMV kernel meets beside the card. */
  emv?: EmvRequest
}

/** What a merchant does with a point of sale. */
export type PointOfSale = Pick<Terminal, 'tap' | 'repeat' | 'status' | 'reverse' | 'refund' | 'day'>

/** A point of sale: takes a card's signature over a payment, asks the merchant ASE for the money, shows one word. */
export class Terminal {
  readonly #options: TerminalOptions
  readonly #timeouts: TerminalTimeouts
  readonly #posApi: PosApi
  readonly #kernels: KernelRunner
  /** Null for an interface that the profile says nothing of. */
  readonly #ownKernels: Readonly<Record<Interface, Kernel | null>>

  constructor(options: TerminalOptions) {
    this.#options = options
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
    const { profile, key, posApiUrl: url, clock, random, http } = options
    this.#posApi = new PosApi({
      keyId: profile.id,
      as: options.as,
      sign: typeof key === 'function' ? key : signingWith(key),
      url,
      clock,
      random,
      http,
      timeoutMs: this.#timeouts.posApi,
    })
    this.#kernels = new KernelRunner(profile, options)
    this.#ownKernels = kernelsOf(profile, options.nowUs ?? machineMicroseconds)
  }

  /**
   * One tap. Whatever card, network and ASE do is in the result's outcome; the card is released before the payment is asked for. Throws
   * `ReaderError` when the reader breaks, and for an amount or a currency that does not exist.
   */
  async tap(request: TapRequest): Promise<TapResult> {
    const result = emptyResult(APPROVED, uuid(this.#options.random))
    return correlated(result.correlation, () => this.#tap(request, result))
  }

  async #tap(request: TapRequest, result: TapResult): Promise<TapResult> {
    const started = performance.now()
    result.outcome = await this.#transact(request, result)
    result.timings.totalUs = microsecondsSince(started)
    if (result.kernel !== null) this.#options.journal.record({ kind: 'kernel', ...result.kernel })
    this.#note(
      'Completion',
      [result.outcome.word, result.outcome.reason].filter((text) => text !== null).join(': '),
    )
    return result
  }

  /** Sends the request of a former tap again with a fresh signature, as after an answer that was lost. */
  async repeat({ body }: Pick<SentRequest, 'body'>): Promise<Outcome> {
    return correlated(requestIdOf(body), async () => {
      const { outcome } = await this.#posApi.send(body)
      this.#note('Online processing', `request sent again: ${outcome.word}`)
      return outcome
    })
  }

  /** What the merchant ASE says became of a payment, and of its money; null when it does not say. */
  status(requestId: string): Promise<Record<string, unknown> | null> {
    return this.#after('/payments/status', { requestId })
  }

  /** Whatever became or becomes of a payment, it is to count for nothing. Gives its status after that, or null. */
  reverse(requestId: string): Promise<Record<string, unknown> | null> {
    return this.#after('/payments/reversal', { requestId })
  }

  /** Gives money of a payment back to the cardholder: an amount in minor units, else all that is left. `refundId`: a UUID; once for each. */
  async refund(paymentId: string, refundId: string, amount?: bigint): Promise<Outcome> {
    const body = { requestId: refundId, paymentId, ...(amount === undefined ? {} : { amount: `${amount}` }) }
    const answer = await this.#after('/payments/refund', body)
    return answer === null ? because('pos_api_unreachable') : readOutcome(answer)
  }

  /** The merchant's totals of a time, ms since 1970, by currency; null when the merchant ASE does not say. */
  day(from: number, to: number): Promise<Record<string, unknown> | null> {
    return this.#after('/payments/day', { from, to })
  }

  #after(path: string, body: Record<string, unknown>): Promise<Record<string, unknown> | null> {
    return correlated(paymentOf(body), async () => {
      const answer = await this.#posApi.ask(path, body)
      this.#note('After the payment', `${path}: ${answer === null ? 'no answer' : 'answered'}`)
      return answer
    })
  }

  async #transact(request: TapRequest, result: TapResult): Promise<Outcome> {
    const { tamper = {} } = request
    const transaction = beginTransaction(this.#options.profile, request, this.#options, tamper)
    if (!transaction.done) return transaction.outcome
    result.emv.unpredictableNumber = toHex(transaction.value.unpredictableNumber)
    const signed = await this.#withCard(request, transaction.value, result)
    if (!signed.done) return signed.outcome
    const secured = await this.#secure(signed.value, request)
    if (!secured.done) return secured.outcome
    const body = {
      ...this.#bodyOf(signed.value, transaction.value, request, result.correlation),
      ...secured.value,
    }
    return this.#goOnline(body, tamper, result)
  }

  async #withCard(
    request: TapRequest,
    transaction: Transaction,
    result: TapResult,
  ): Promise<Step<SignedPayload>> {
    const { clock, journal } = this.#options
    const { card: waitMs, apdu: apduMs } = this.#timeouts
    const opened = await CardSession.open(request.reader, { clock, journal, waitMs, apduMs })
    if (!opened.done) return opened
    const session = opened.value
    try {
      return await this.#perform(session, request, transaction, result)
    } finally {
      await session.close()
      result.apdus = session.apdus
      result.timings.cardUs = session.us
    }
  }

  /** Which kernel it is, the interface and the card's applications decide. */
  async #perform(
    session: CardSession,
    { emv = {} }: TapRequest,
    transaction: Transaction,
    result: TapResult,
  ): Promise<Step<SignedPayload>> {
    const { profile } = this.#options
    const name = interfaceOf(session.atr)
    const kernel = this.#ownKernels[name]
    if (kernel !== null) {
      const outcome = await this.#kernels.run({ name, kernel, session, transaction, emv, result })
      if (outcome.code !== 'no_common_application' || transaction.amount === 0n)
        return { done: false, outcome }
    }
    if (transaction.amount === 0n)
      throw new RangeError('expected an amount of 1 minor unit or more, got 0: only an EMV kernel takes it')
    const data = terminalData(profile, transaction)
    const note = (step: string, detail: string): void => this.#note(step, detail)
    // Without a kernel for the card, the Interledger application has its own flow; without that either, the kernel's word stays.
    const onlinePin = this.#options.keys !== undefined
    const signed = await runCardPhase({
      session,
      aids: profile.aids,
      transaction,
      data,
      note,
      onlinePin,
      result,
    })
    if (signed.done || signed.outcome.code !== 'no_common_application') result.kernel = null
    return signed
  }

  async #secure(
    signed: SignedPayload,
    { pinPad = noPinPad, tamper = {} }: TapRequest,
  ): Promise<Step<SecuredMembers>> {
    const { profile, keys = null } = this.#options
    const note = (step: string, detail: string): void => this.#note(step, detail)
    const format = profile.pinBlockFormat
    const secured = await secure(signed, { keys, pinPad, format, pinPan: tamper.pinPan, note })
    return secured.done ? done(tamper.secured?.(secured.value) ?? secured.value) : secured
  }

  async #goOnline(body: PaymentBody, tamper: Tamper, result: TapResult): Promise<Outcome> {
    const { requestId, amount, payload } = body
    Object.assign(result, { requestId, amount, payload })
    this.#note(
      'Online processing',
      `request ${requestId} for ${amount.value} ${amount.assetCode} (minor units)`,
    )
    const started = performance.now()
    const { outcome, sent } = await this.#posApi.send(body, tamper)
    result.timings.posApiUs = microsecondsSince(started)
    result.request = sent
    return outcome
  }

  #bodyOf(
    signed: SignedPayload,
    transaction: Transaction,
    { tamper = {} }: TapRequest,
    requestId: string,
  ): PaymentBody {
    const { clock } = this.#options
    const currency = tamper.currency === undefined ? transaction.currency : requireCurrency(tamper.currency)
    return {
      requestId,
      signature: toHex(signed.cryptogram),
      payload: toHex(signed.payload),
      ...tamper.cardData,
      amount: {
        value: (tamper.amount ?? transaction.amount).toString(),
        assetCode: currency.code,
        assetScale: currency.exponent,
      },
      senderWalletAddress: tamper.senderWalletAddress ?? signed.walletAddress,
      timestamp: clock.now() + (tamper.requestClockMs ?? 0),
    }
  }

  #note(step: string, detail: string): void {
    this.#options.journal.record({ kind: 'terminal', step, detail })
  }
}

function requestIdOf(body: string): string {
  return (JSON.parse(body) as PaymentBody).requestId
}

/** A terminal's kernels; the contactless one keeps the terminal's torn transactions. */
function kernelsOf(
  { contact, contactless }: TerminalProfile,
  nowUs: () => number,
): Record<Interface, Kernel | null> {
  return {
    contact: contact === undefined ? null : contactKernel,
    contactless:
      contactless === undefined ? null : contactlessKernel({ nowUs, tornLog: tornLogOf(contactless) }),
  }
}

function machineMicroseconds(): number {
  return performance.now() * 1000
}

function microsecondsSince(started: number): number {
  return Math.round((performance.now() - started) * 1000)
}

/** The payment that a request is about; null when it is about a day. */
function paymentOf({ paymentId, requestId }: Record<string, unknown>): string | null {
  const id = paymentId ?? requestId
  return typeof id === 'string' ? id : null
}
