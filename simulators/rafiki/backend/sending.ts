import type { Clock, Timer } from '../../../protocols/clock/clock.ts'
import type { Party } from '../../../protocols/journal/journal.ts'
import { correlated } from '../../common/correlation.ts'
import { type HttpClient, HttpError } from '../../common/http-client.ts'
import type { Random } from '../../common/uuid.ts'
import { type PacketResult, StreamSender } from '../ilp/sender.ts'
import type { Ledger } from './ledger.ts'
import type { OutgoingPayment } from './outgoing-payment.ts'
import type { OutgoingPayments } from './outgoing-payments.ts'
import type { Peer, Peers } from './peers.ts'
import { divideCeil, multiplyCeil, multiplyFloor } from './quote-amounts.ts'
import type { Quotes, Way } from './quotes.ts'
import type { Rates } from './rates.ts'
import { remainingOf } from './receivers.ts'

const RETRY_BACKOFF_MS = 10_000
const LONGEST_BACKOFF = 6
const MAX_ATTEMPTS = 5
const PACKET_LIFETIME_MS = 30_000

/** Why an attempt to send ended short; `final` ones are not tried again. */
interface Shortfall {
  error: string
  final: boolean
}

/** Where the packets of an attempt go, what the peer takes for them, and when it is enough. */
interface Course {
  peer: Peer
  rate: number
  goal: bigint
}

export interface SendingOptions {
  peers: Peers
  quotes: Quotes
  ledger: Ledger
  rates: Rates
  http: HttpClient
  other: Party
  clock: Clock
  random: Random
}

/** Brings funded payments to their receivers over ILP, trying again as Rafiki does: after 10 s, then 20 s, until the quote has expired. */
export class Sending {
  readonly #options: SendingOptions
  readonly #waiting = new Map<OutgoingPayment, Timer>()
  #closed = false

  constructor(options: SendingOptions) {
    this.#options = options
  }

  /** One attempt at a payment in state SENDING, and what follows from it. */
  async attempt(payment: OutgoingPayment, payments: OutgoingPayments): Promise<void> {
    const shortfall = await correlated(payment.id, () => this.#send(payment))
    if (this.#closed) return
    if (shortfall === null) return payments.settle(payment, null)
    payment.stateAttempts++
    if (shortfall.final || payment.stateAttempts >= MAX_ATTEMPTS)
      return payments.settle(payment, shortfall.error)
    const wait = Math.min(payment.stateAttempts, LONGEST_BACKOFF) * RETRY_BACKOFF_MS
    const retry = (): void => {
      this.#waiting.delete(payment)
      void this.attempt(payment, payments)
    }
    this.#waiting.set(payment, this.#options.clock.after(wait, retry))
  }

  /** Gives up every attempt. */
  close(): void {
    this.#closed = true
    for (const timer of this.#waiting.values()) timer.cancel()
    this.#waiting.clear()
  }

  async #send(payment: OutgoingPayment): Promise<Shortfall | null> {
    const { way, expiresAt } = payment.quote
    if (this.#options.clock.now() >= expiresAt) return { error: 'QuoteExpired', final: true }
    if (way === null) return { error: 'BadState', final: true }
    const goal = await this.#goal(payment)
    if (goal <= payment.delivered) return null
    const peer = this.#options.peers.route(way.credentials.ilpAddress, payment.asset)
    if (peer === null) return { error: 'ConnectorError', final: false }
    const rate = await this.#options.rates.forPacket(payment.asset, peer.asset)
    if (rate === null) return { error: 'RatesUnavailable', final: false }
    return this.#stream(payment, way, { peer, rate, goal })
  }

  /**
   * What is to be delivered in all: others may have paid a part meanwhile, and a receiver that is gone counts as paid, as in Rafiki. That of
   * a fresh card payment nobody else knows: it is not fetched again.
   */
  async #goal(payment: OutgoingPayment): Promise<bigint> {
    const { quote, delivered, card, stateAttempts } = payment
    const wanted = quote.receiveAmount.value
    if (card !== null && stateAttempts === 0) return wanted
    const receiver = await this.#options.quotes.activeReceiver(quote.receiver, payment.walletAddress)
    const remaining = receiver === null ? 0n : remainingOf(receiver)
    return remaining === null ? wanted : least(wanted, delivered + remaining)
  }

  async #stream(payment: OutgoingPayment, way: Way, course: Course): Promise<Shortfall | null> {
    const sender = this.#sender(way, course.peer)
    while (payment.delivered < course.goal) {
      const source = nextAmount(payment, way, course)
      if (source === 0n) return { error: 'InsufficientExchangeRate', final: false }
      const shortfall = await this.#packet(payment, way, course, source, sender)
      if (shortfall !== null) return shortfall
    }
    return null
  }

  async #packet(
    payment: OutgoingPayment,
    { minRate }: Way,
    { peer, rate }: Course,
    source: bigint,
    sender: StreamSender,
  ): Promise<Shortfall | null> {
    const destination = rate === 1 ? source : BigInt(Math.floor(Number(source) * rate))
    const held = this.#options.ledger.hold({ from: payment, to: peer, source, destination })
    if (typeof held === 'string') return { error: held, final: false }
    const leastDelivered = multiplyCeil(source - 1n, minRate)
    const result = await sender.send({ source: destination, leastDelivered }).catch(undelivered)
    if (!result.fulfilled) {
      held.void()
      return {
        error: result.code === 'protocol' ? PROTOCOL : 'ConnectorError',
        final: result.code === 'protocol',
      }
    }
    held.post()
    payment.delivered += result.delivered
    return null
  }

  #sender({ credentials }: Way, { outgoing }: Peer): StreamSender {
    const { http, other, clock, random } = this.#options
    return new StreamSender({
      credentials,
      random,
      expiresAt: () => new Date(clock.now() + PACKET_LIFETIME_MS),
      carry: async (prepare) => {
        const { status, body } = await http.call({
          to: other,
          method: 'POST',
          url: outgoing.endpoint,
          headers: {
            authorization: `Bearer ${outgoing.authToken}`,
            'content-type': 'application/octet-stream',
          },
          body: prepare,
          timeoutMs: PACKET_LIFETIME_MS,
        })
        if (status === 200 && body instanceof Uint8Array) return body
        throw new HttpError(
          `expected an ILP packet from ${outgoing.endpoint}, got HTTP ${status}`,
          'unreachable',
        )
      },
    })
  }
}

const PROTOCOL = 'ReceiverProtocolViolation'

/** A packet that found no way: ILP error T01, which asks for another try. */
function undelivered(error: unknown): PacketResult {
  const message = error instanceof Error ? error.message : String(error)
  return { fulfilled: false, code: 'T01', message }
}

/** What the next packet takes from the payment: what is missing at the expected rate, bounded by the balance and the peer's packets. */
function nextAmount(
  payment: OutgoingPayment,
  { rate }: Way,
  { goal, peer: { maxPacketAmount } }: Course,
): bigint {
  const wanted = divideCeil(goal - payment.delivered, rate)
  const largest = maxPacketAmount === null ? wanted : least(wanted, maxPacketAmount)
  const source = least(largest, payment.balance)
  return multiplyFloor(source, rate) > 0n || source === wanted ? source : 0n
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
