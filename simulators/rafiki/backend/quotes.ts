import { uuid } from '../../common/uuid.ts'
import type { Settings } from '../config.ts'
import type { ConnectionCredentials } from '../ilp/credentials.ts'
import { type Amount, amountOf } from './assets.ts'
import { type Fee, type Fees, feeOn, withFee } from './fees.ts'
import type { Peers } from './peers.ts'
import { leastToSend, type QuotedAmounts, quoteDelivery, quoteSpending, type Ratio } from './quote-amounts.ts'
import type { Rates } from './rates.ts'
import { credentialsOf, type Receiver, type Receivers, remainingOf } from './receivers.ts'
import { Refusal } from './refusals.ts'
import type { WalletAddress, WalletAddresses } from './wallet-addresses.ts'

/** How the money gets there. */
export interface Way {
  readonly credentials: ConnectionCredentials
  readonly rate: Ratio
  readonly minRate: Ratio
}

/** What a payment would cost and bring. The payment made of it has its id. */
export interface Quote {
  readonly id: string
  readonly walletAddress: WalletAddress
  /** URL of the incoming payment. */
  readonly receiver: string
  /** In the asset of the wallet address; fee and slippage included. */
  readonly debit: bigint
  readonly receiveAmount: Amount
  readonly estimatedExchangeRate: number
  readonly createdAt: number
  readonly expiresAt: number
  /** Dropped when its payment has ended, so that thousands of ended ones cost little. */
  way: Way | null
}

export interface NewQuote {
  walletAddressId: string
  /** URL of the incoming payment. */
  receiver: string
  /** What is to be spent in all; at most one of the two amounts. */
  debitAmount?: Amount | null
  /** What is to arrive; else all that the incoming payment asks for. */
  receiveAmount?: Amount | null
}

export interface QuotesParts {
  walletAddresses: WalletAddresses
  receivers: Receivers
  rates: Rates
  peers: Peers
  fees: Fees
}

export class Quotes {
  readonly #byId = new Map<string, Quote>()
  readonly #settings: Settings
  readonly #parts: QuotesParts

  constructor(settings: Settings, parts: QuotesParts) {
    this.#settings = settings
    this.#parts = parts
  }

  async create(input: NewQuote): Promise<Quote> {
    if (input.debitAmount && input.receiveAmount) throw new Refusal('amountInvalid')
    const walletAddress = this.#parts.walletAddresses.active(input.walletAddressId)
    checkDebit(input, walletAddress)
    const receiver = await this.#receiver(input, walletAddress)
    const quote = await this.#quoted(input, walletAddress, receiver)
    this.#byId.set(quote.id, quote)
    return quote
  }

  get(id: string): Quote | null {
    return this.#byId.get(id) ?? null
  }

  /** Of payments that are forgotten. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#byId.delete(id)
  }

  /** In the order of their creation. */
  of(walletAddressId: string): Quote[] {
    return [...this.#byId.values()].filter(({ walletAddress }) => walletAddress.id === walletAddressId)
  }

  /** The incoming payment at a URL as it is now; null when it is not there or takes no more money. */
  async activeReceiver(url: string, { asset }: WalletAddress): Promise<Receiver | null> {
    const { peers, receivers } = this.#parts
    const receiver = await receivers.get(url, peers.acquaintance(asset)?.outgoing.authToken ?? null)
    return receiver !== null && receivers.isActive(receiver) ? receiver : null
  }

  async #receiver(input: NewQuote, walletAddress: WalletAddress): Promise<Receiver> {
    const receiver = await this.activeReceiver(input.receiver, walletAddress)
    if (receiver === null) throw new Refusal('receiverInvalid')
    checkDelivery(input, receiver)
    return receiver
  }

  async #quoted(input: NewQuote, walletAddress: WalletAddress, receiver: Receiver): Promise<Quote> {
    const { asset } = walletAddress
    const { assetCode: code, assetScale: scale } = receiver.receivedAmount
    const credentials = this.#reachable(receiver, walletAddress)
    const rate = await this.#parts.rates.between(asset, { code, scale })
    if (rate === null) throw new Refusal('ratesMissing')
    const fee = this.#parts.fees.latest(asset.id, 'SENDING')
    const amounts = amountsOf(input, receiver, rate, fee, this.#settings.slippage)
    checkAmounts(input, amounts, receiver, rate, { asset, fee })
    const now = this.#settings.clock.now()
    return {
      id: uuid(this.#settings.random),
      walletAddress,
      receiver: input.receiver,
      debit: amounts.maxSource + feeOn(input.debitAmount?.value ?? amounts.maxSource, fee),
      receiveAmount: amountOf(amounts.minDelivery, { code, scale }),
      estimatedExchangeRate: rate,
      createdAt: now,
      expiresAt: this.#expiry(receiver, now),
      way: { credentials, rate: amounts.rate, minRate: amounts.minRate },
    }
  }

  #reachable(receiver: Receiver, { asset }: WalletAddress): ConnectionCredentials {
    const credentials = credentialsOf(receiver)
    if (credentials === null || this.#parts.peers.route(credentials.ilpAddress, asset) === null)
      throw new Refusal('routeMissing')
    return credentials
  }

  #expiry({ expiresAt }: Receiver, now: number): number {
    const own = now + this.#settings.quoteLifespanMs
    return expiresAt === undefined ? own : Math.min(own, Date.parse(expiresAt))
  }
}

function checkDebit({ debitAmount, receiveAmount }: NewQuote, { asset }: WalletAddress): void {
  const other = debitAmount && !isOf(debitAmount, asset)
  if (other || [debitAmount, receiveAmount].some((amount) => amount && amount.value <= 0n))
    throw new Refusal('amountInvalid')
}

function checkDelivery({ debitAmount, receiveAmount }: NewQuote, receiver: Receiver): void {
  const { assetCode: code, assetScale: scale } = receiver.receivedAmount
  const remaining = remainingOf(receiver)
  if (receiveAmount) {
    const tooMuch = remaining !== null && remaining < receiveAmount.value
    if (tooMuch || !isOf(receiveAmount, { code, scale })) throw new Refusal('amountInvalid')
  } else if (!debitAmount && remaining === null) throw new Refusal('amountInvalid')
}

function isOf({ assetCode, assetScale }: Amount, { code, scale }: { code: string; scale: number }): boolean {
  return assetCode === code && assetScale === scale
}

// Without amounts Rafiki quotes all that the incoming payment asks for, also when a part of it has come already.
function amountsOf(
  { debitAmount, receiveAmount }: NewQuote,
  { incomingAmount }: Receiver,
  rate: number,
  fee: Fee | null,
  slippage: number,
): QuotedAmounts {
  if (!debitAmount) return quoteDelivery(receiveAmount?.value ?? incomingAmount?.value ?? 0n, rate, slippage)
  const spendable = debitAmount.value - feeOn(debitAmount.value, fee)
  return quoteSpending(spendable > 0n ? spendable : 0n, rate, slippage)
}

function checkAmounts(
  { debitAmount }: NewQuote,
  { minDelivery, maxSource }: QuotedAmounts,
  receiver: Receiver,
  rate: number,
  { asset, fee }: { asset: WalletAddress['asset']; fee: Fee | null },
): void {
  if (minDelivery <= 0n || Number(maxSource) * rate < 1) {
    const { value, ...rest } = amountOf(withFee(leastToSend(rate), fee), asset)
    throw new Refusal('deliveryTooSmall', { minSendAmount: { ...rest, value: value.toString() } })
  }
  const remaining = remainingOf(receiver)
  if (debitAmount && remaining !== null && minDelivery > remaining) throw new Refusal('amountInvalid')
}
