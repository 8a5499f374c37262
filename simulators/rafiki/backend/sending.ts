import type { Clock, Timer } from '../../../protocols/clock/clock.ts'
import type { Party } from '../../../protocols/journal/journal.ts'
import { type HttpClient, HttpError } from '../../common/http-client.ts'
import type { Random } from '../../common/uuid.ts'
import { type PacketResult, StreamSender } from '../ilp/sender.ts'
import { hold } from './ledger.ts'
import type { OutgoingPayment, Unsettled } from './outgoing-payment.ts'
import type { OutgoingPayments } from './outgoing-payments.ts'
import type { Peer, Peers } from './peers.ts'
import { divideCeil, multiplyCeil, multiplyFloor } from './quotes.ts'
import type { Rates } from './rates.ts'

const RETRY_BACKOFF_MS = 10_000
const LONGEST_BACKOFF = 6
const MAX_ATTEMPTS = 5
const PACKET_LIFETIME_MS = 30_000

/** Why an attempt to send ended short; `final` ones are not tried again. */
interface Shortfall {
  error: string
  final: boolean
}

export interface SendingOptions {
  peers: Peers
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
    const shortfall = await this.#send(payment)
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
    const { unsettled } = payment
    if (this.#options.clock.now() >= payment.expiresAt) return { error: 'QuoteExpired', final: true }
    if (unsettled === null) return { error: 'BadState', final: true }
    const peer = this.#options.peers.route(unsettled.credentials.ilpAddress, payment.asset)
    if (peer === null) return { error: 'ConnectorError', final: false }
    const rate = await this.#options.rates.forPacket(payment.asset, peer.asset)
    if (rate === null) return { error: 'RatesUnavailable', final: false }
    return this.#stream(payment, unsettled, peer, rate)
  }

  async #stream(
    payment: OutgoingPayment,
    unsettled: Unsettled,
    peer: Peer,
    rate: number,
  ): Promise<Shortfall | null> {
    const sender = this.#sender(unsettled, peer)
    while (payment.delivered < payment.receiveAmount.value) {
      const source = nextAmount(payment, unsettled, peer)
      if (source === 0n) return { error: 'InsufficientExchangeRate', final: false }
      const shortfall = await this.#packet(payment, unsettled, peer, source, rate, sender)
      if (shortfall !== null) return shortfall
    }
    return null
  }

  async #packet(
    payment: OutgoingPayment,
    { minRate }: Unsettled,
    peer: Peer,
    source: bigint,
    rate: number,
    sender: StreamSender,
  ): Promise<Shortfall | null> {
    const destination = rate === 1 ? source : BigInt(Math.floor(Number(source) * rate))
    const held = hold({ from: payment, to: peer, source, destination })
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
    payment.sent += source
    payment.delivered += result.delivered
    return null
  }

  #sender({ credentials }: Unsettled, { outgoing }: Peer): StreamSender {
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
function nextAmount(payment: OutgoingPayment, { rate }: Unsettled, { maxPacketAmount }: Peer): bigint {
  const wanted = divideCeil(payment.receiveAmount.value - payment.delivered, rate)
  const largest = maxPacketAmount === null ? wanted : least(wanted, maxPacketAmount)
  const source = least(largest, payment.balance)
  return multiplyFloor(source, rate) > 0n || source === wanted ? source : 0n
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
