import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { APPROVED, because, type Outcome } from '../../../protocols/outcome/outcome.ts'
import { type RafikiAdmin, RafikiAdminError } from '../../common/rafiki-admin.ts'
import type { Database } from '../database/tables.ts'
import type { RefundRequest } from './after-requests.ts'
import { Turns } from './turns.ts'

export interface RefundsOptions {
  db: Database
  admin: RafikiAdmin
  clock: Clock
  journal: Journal
}

interface Money {
  /** Minor units, in decimal. */
  value: string
  assetCode: string
  assetScale: number
}

const REFUSALS = { nothing: 'refund_of_nothing', too_much: 'refund_too_much' } as const

type Claim =
  | { state: keyof typeof REFUSALS }
  | { state: 'known'; samePayment: boolean; unsettled: string | null }
  | { state: 'new'; amount: string; assetCode: string; sender: string; receiverId: string }

const RECEIVER =
  'mutation Receiver($input: CreateReceiverInput!) { createReceiver(input: $input) { receiver { id receivedAmount { assetCode assetScale } } } }'
const QUOTE =
  'mutation Quote($input: CreateQuoteInput!) { createQuote(input: $input) { quote { estimatedExchangeRate } } }'
const OUTGOING =
  'mutation Refund($input: CreateOutgoingPaymentFromIncomingPaymentInput!) { createOutgoingPaymentFromIncomingPayment(input: $input) { payment { id } } }'
const FUND =
  'mutation Fund($input: DepositOutgoingPaymentLiquidityInput!) { depositOutgoingPaymentLiquidity(input: $input) { success } }'
const WITHDRAW =
  'mutation Withdraw($input: CreateOutgoingPaymentWithdrawalInput!) { createOutgoingPaymentWithdrawal(input: $input) { success } }'

/**
 * Money back to the cardholder, by Open Payments: an incoming payment at the cardholder's wallet address, an outgoing payment from the
 * merchant's. Each refund has an id and is sent once.
 */
export class Refunds {
  readonly #options: RefundsOptions
  readonly #turns = new Turns()

  constructor(options: RefundsOptions) {
    this.#options = options
  }

  /** Approved when the money is on its way; a webhook tells that it has arrived. */
  async refund(terminalId: string, request: RefundRequest): Promise<Outcome> {
    return this.#turns.take(`${terminalId} ${request.requestId}`, async () => {
      const claim = await this.#claim(terminalId, request)
      if (claim.state === 'new') return this.#sent(terminalId, request, claim)
      if (claim.state === 'known') return this.#again(terminalId, request, claim)
      return because(REFUSALS[claim.state])
    })
  }

  /** Gives back all that a payment has; its own id is that of the refund, so that this is done once. */
  refundAll(terminalId: string, paymentId: string): Promise<Outcome> {
    return this.refund(terminalId, { requestId: paymentId, paymentId })
  }

  /** Takes note of the end of an outgoing payment; false when it is no refund. */
  async ended(outgoingPaymentId: string, state: 'completed' | 'failed', left: bigint): Promise<boolean> {
    const { db } = this.#options
    const refund = await db
      .updateTable('refunds')
      .set({ state })
      .where('outgoing_payment_id', '=', outgoingPaymentId)
      .returning(['payment_id', 'terminal_id'])
      .executeTakeFirst()
    if (refund === undefined) return false
    if (state === 'failed') this.#note(`a refund of payment ${refund.payment_id} has failed: try it again`)
    if (left > 0n) await this.#withdraw(outgoingPaymentId)
    return true
  }

  async #claim(terminalId: string, { requestId, paymentId, amount }: RefundRequest): Promise<Claim> {
    const { db, clock } = this.#options
    const { rows } = await sql<{ claim: Claim }>`select claim_refund(
      ${terminalId}, ${requestId}, ${paymentId}, ${amount ?? null}::bigint, ${clock.now()}) as claim`.execute(
      db,
    )
    const [row] = rows
    if (row === undefined) throw new Error('expected one row from claim_refund, got none')
    return row.claim
  }

  async #sent(
    terminalId: string,
    request: RefundRequest,
    claim: Extract<Claim, { state: 'new' }>,
  ): Promise<Outcome> {
    try {
      const outgoing = await this.#open(request.paymentId, claim)
      // Stored before it is funded: whoever repeats the refund finds that its money may be on its way.
      await this.#set(terminalId, request.requestId, { outgoing_payment_id: outgoing })
      return await this.#fund(terminalId, request, outgoing)
    } catch (error) {
      return this.#failed(terminalId, request, error)
    }
  }

  /** A refund that is known may lack its money, when Rafiki did not answer; its own key makes a repetition harmless. */
  async #again(
    terminalId: string,
    request: RefundRequest,
    { samePayment, unsettled }: Extract<Claim, { state: 'known' }>,
  ): Promise<Outcome> {
    if (!samePayment) return because('request_replayed', 'the same refund of another payment')
    return unsettled === null ? APPROVED : this.#fund(terminalId, request, unsettled)
  }

  async #fund(terminalId: string, request: RefundRequest, outgoingPaymentId: string): Promise<Outcome> {
    const input = { outgoingPaymentId, idempotencyKey: `refund-${outgoingPaymentId}` }
    try {
      await this.#options.admin.run(FUND, { input })
      return APPROVED
    } catch (error) {
      if (error instanceof RafikiAdminError) return this.#failed(terminalId, request, error)
      this.#note(`whether the refund ${request.requestId} was funded is not known: ${String(error)}`)
      return because('refund_not_possible', 'ask again')
    }
  }

  async #failed(
    terminalId: string,
    { requestId, paymentId }: RefundRequest,
    error: unknown,
  ): Promise<Outcome> {
    const detail = error instanceof Error ? error.message : String(error)
    this.#note(`the refund ${requestId} of payment ${paymentId} could not be sent: ${detail}`)
    await this.#set(terminalId, requestId, { state: 'failed' })
    return because('refund_not_possible')
  }

  /** Id of the outgoing payment, not funded yet. */
  async #open(
    paymentId: string,
    { amount, assetCode, sender, receiverId }: Extract<Claim, { state: 'new' }>,
  ): Promise<string> {
    const { admin } = this.#options
    const metadata = { refundOf: paymentId }
    const money = { value: amount, assetCode, assetScale: await this.#scaleOf(receiverId, assetCode) }
    const incomingPayment = await this.#receiver(sender, receiverId, money, metadata)
    const input = { walletAddressId: receiverId, incomingPayment, metadata }
    type Data = { createOutgoingPaymentFromIncomingPayment: { payment: { id: string } } }
    const data = await admin.run<Data>(OUTGOING, { input: { ...input, idempotencyKey: randomUUID() } })
    return data.createOutgoingPaymentFromIncomingPayment.payment.id
  }

  /** URL of an incoming payment at the cardholder's; of an account in another currency in that one. */
  async #receiver(
    walletAddressUrl: string,
    merchantsId: string,
    incomingAmount: Money,
    metadata: Record<string, string>,
  ): Promise<string> {
    try {
      return (await this.#createReceiver({ walletAddressUrl, incomingAmount, metadata })).id
    } catch (error) {
      if (!(error instanceof RafikiAdminError)) throw error
      const changed = await this.#changed(walletAddressUrl, merchantsId, incomingAmount)
      if (changed === null) throw error
      return (await this.#createReceiver({ walletAddressUrl, incomingAmount: changed, metadata })).id
    }
  }

  /** What an amount is worth in the currency of the cardholder's account, at the rate of a quote; null when that is the same currency. */
  async #changed(
    walletAddressUrl: string,
    walletAddressId: string,
    debitAmount: Money,
  ): Promise<Money | null> {
    const { id: receiver, receivedAmount } = await this.#createReceiver({ walletAddressUrl })
    const { assetCode, assetScale } = receivedAmount
    if (assetCode === debitAmount.assetCode && assetScale === debitAmount.assetScale) return null
    type Data = { createQuote: { quote: { estimatedExchangeRate: number } } }
    const { createQuote } = await this.#options.admin.run<Data>(QUOTE, {
      input: { walletAddressId, receiver, debitAmount },
    })
    const value = Math.round(Number(debitAmount.value) * createQuote.quote.estimatedExchangeRate)
    return { value: `${value}`, assetCode, assetScale }
  }

  async #createReceiver(
    input: Record<string, unknown>,
  ): Promise<{ id: string; receivedAmount: Omit<Money, 'value'> }> {
    type Data = { createReceiver: { receiver: { id: string; receivedAmount: Omit<Money, 'value'> } } }
    const idempotencyKey = randomUUID()
    const data = await this.#options.admin.run<Data>(RECEIVER, { input: { ...input, idempotencyKey } })
    return data.createReceiver.receiver
  }

  async #scaleOf(walletAddressId: string, assetCode: string): Promise<number> {
    const row = await this.#options.db
      .selectFrom('merchant_wallets')
      .select('asset_scale')
      .where('wallet_address_id', '=', walletAddressId)
      .where('asset_code', '=', assetCode)
      .executeTakeFirst()
    if (row === undefined) throw new Error(`expected a wallet of the merchant in ${assetCode}, it is gone`)
    return row.asset_scale
  }

  async #set(
    terminalId: string,
    id: string,
    change: { state?: 'failed'; outgoing_payment_id?: string },
  ): Promise<void> {
    await this.#options.db
      .updateTable('refunds')
      .set(change)
      .where('terminal_id', '=', terminalId)
      .where('id', '=', id)
      .execute()
  }

  async #withdraw(outgoingPaymentId: string): Promise<void> {
    const idempotencyKey = `withdraw-${outgoingPaymentId}`
    await this.#options.admin
      .run(WITHDRAW, { input: { outgoingPaymentId, idempotencyKey, timeoutSeconds: 0 } })
      .catch((error: unknown) => this.#note(`the rest of a refund could not be withdrawn: ${String(error)}`))
  }

  #note(text: string): void {
    this.#options.journal.record({ kind: 'fact', party: 'merchant-ase', text })
  }
}
