import { randomUUID } from 'node:crypto'
import type { HttpAnswer } from '../../simulators/common/http-client.ts'
import { RafikiAdminError } from '../../simulators/common/rafiki-admin.ts'
import type { Bench } from '../bench/bench.ts'
import type { Side } from '../bench/plan.ts'
import { type MutationName, mutation, QUERIES } from './operations.ts'

export interface IncomingPayment {
  id: string
  url: string
  state: string
  liquidity: string | null
  metadata: Record<string, unknown> | null
  receivedAmount: { value: string }
}

export interface OutgoingPayment {
  id: string
  state: string
  error: string | null
  stateAttempts: number
  liquidity: string | null
  metadata: Record<string, unknown> | null
  debitAmount: { value: string }
  receiveAmount: { value: string }
  sentAmount: { value: string }
}

export interface Event {
  id: string
  type: string
  data: Record<string, unknown> & { id?: string }
}

/** What the desk needs of its scenario. */
export interface Hands {
  readonly bench: Bench
  /** To what was sent by hand. */
  readonly answer: HttpAnswer | null
}

const PATIENCE_MS = 15_000
const PAUSE_MS = 25

/** A scenario's hands on the two Rafikis alone, as an ASE has them: the Admin APIs, and what they tell of. */
export class RafikiDesk {
  readonly #world: Hands
  #shop: { id: string; url: string } | null = null
  #wallet: { id: string; url: string } | null = null
  #incoming: IncomingPayment | null = null
  #outgoing: OutgoingPayment | null = null
  /** What the last operation answered; null when it was refused. */
  answer: Record<string, unknown> | null = null
  /** Why the last operation was refused. */
  refusal: RafikiAdminError | null = null
  /** The last quote's id. */
  quoteId = ''
  /** Ids by which a scenario comes back to what it has made. */
  readonly noted = new Map<string, string>()

  constructor(world: Hands) {
    this.#world = world
  }

  get incoming(): IncomingPayment {
    return need(this.#incoming, 'an incoming payment')
  }

  get outgoing(): OutgoingPayment {
    return need(this.#outgoing, 'an outgoing payment')
  }

  get bench(): Bench {
    return this.#world.bench
  }

  /** The body of the last answer to what the scenario has sent by hand. */
  body<Body>(): Body {
    return need(this.#world.answer, 'a request by hand').body as Body
  }

  /** The shop's wallet address at the merchant's Rafiki; made when first asked for. */
  async shop(): Promise<{ id: string; url: string }> {
    this.#shop ??= await this.#walletAddress('merchant')
    return this.#shop
  }

  /** The payer's wallet address at the customer's Rafiki; made when first asked for. */
  async wallet(): Promise<{ id: string; url: string }> {
    this.#wallet ??= await this.#walletAddress('customer')
    return this.#wallet
  }

  /** Runs a mutation; a refusal is kept, not thrown. */
  async mutate(
    side: Side,
    name: MutationName,
    input: Record<string, unknown>,
  ): Promise<Record<string, unknown> | null> {
    this.answer = null
    this.refusal = null
    try {
      const data = await this.#admin(side).run<Record<string, Record<string, unknown>>>(mutation(name), {
        input,
      })
      this.answer = data[name] ?? null
    } catch (error) {
      if (!(error instanceof RafikiAdminError)) throw error
      this.refusal = error
    }
    return this.answer
  }

  /** As {@link RafikiDesk.mutate}, for what must be taken. */
  async must(
    side: Side,
    name: MutationName,
    input: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const answer = await this.mutate(side, name, input)
    if (answer === null) throw new Error(`expected ${name} to be taken, got: ${this.refusal?.message}`)
    return answer
  }

  ask<Data>(side: Side, query: keyof typeof QUERIES, variables: Record<string, unknown>): Promise<Data> {
    return this.#admin(side).run<Data>(QUERIES[query], variables)
  }

  /** A page of the incoming payments of a wallet address; a refusal is kept, not thrown. */
  async list(id: string, page: Record<string, unknown>): Promise<void> {
    this.answer = null
    this.refusal = null
    type Found = { walletAddress: { incomingPayments: Record<string, unknown> } }
    try {
      const { walletAddress } = await this.ask<Found>('merchant', 'incomingPaymentsOf', { id, ...page })
      this.answer = walletAddress.incomingPayments
    } catch (error) {
      if (!(error instanceof RafikiAdminError)) throw error
      this.refusal = error
    }
  }

  async openIncoming(input: Record<string, unknown>): Promise<void> {
    const { id: walletAddressId } = await this.shop()
    const answer = await this.mutate('merchant', 'createIncomingPayment', { walletAddressId, ...input })
    this.#incoming = (answer?.payment as IncomingPayment | undefined) ?? null
  }

  /** From a quote or from the incoming payment, as `name` says. */
  async openOutgoing(name: MutationName, input: Record<string, unknown>): Promise<void> {
    const { id: walletAddressId } = await this.wallet()
    const answer = await this.mutate('customer', name, { walletAddressId, ...input })
    if (answer !== null) this.#outgoing = answer.payment as OutgoingPayment
  }

  deposit(idempotencyKey: string = randomUUID(), outgoingPaymentId = this.outgoing.id) {
    return this.mutate('customer', 'depositOutgoingPaymentLiquidity', { outgoingPaymentId, idempotencyKey })
  }

  async outgoingNow(): Promise<OutgoingPayment> {
    const { id } = this.outgoing
    const { outgoingPayment } = await this.ask<{ outgoingPayment: OutgoingPayment }>(
      'customer',
      'outgoingPayment',
      { id },
    )
    return outgoingPayment
  }

  async incomingNow(): Promise<IncomingPayment> {
    const { id } = this.incoming
    const { incomingPayment } = await this.ask<{ incomingPayment: IncomingPayment }>(
      'merchant',
      'incomingPayment',
      { id },
    )
    return incomingPayment
  }

  /** The event of a type about a payment, once Rafiki has it. */
  async event(side: Side, type: string, id: string): Promise<Event> {
    let found: Event | undefined
    await this.until(`an event ${type} about ${id}`, async () => {
      const { webhookEvents } = await this.ask<{ webhookEvents: { edges: { node: Event }[] } }>(
        side,
        'events',
        {},
      )
      found = webhookEvents.edges
        .map(({ node }) => node)
        .find((node) => node.type === type && node.data.id === id)
      return found !== undefined
    })
    return need(found ?? null, 'an event')
  }

  /** Asks until `check` holds: a real Rafiki works when it comes to it. */
  async until(what: string, check: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE_MS
    while (!(await check())) {
      if (performance.now() > end) throw new Error(`expected ${what} within ${PATIENCE_MS} ms`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  /** The peer by which a side reaches the other, in euros. */
  async peer(side: Side): Promise<{ id: string; liquidity: string }> {
    const { plan, assets } = this.bench.services
    const other: Side = side === 'merchant' ? 'customer' : 'merchant'
    const variables = { address: plan.ilp[other].address, assetId: assets[side].EUR }
    type Found = { peerByAddressAndAsset: { id: string; liquidity: string } }
    return (await this.ask<Found>(side, 'peer', variables)).peerByAddressAndAsset
  }

  #admin(side: Side) {
    return this.bench.services.admin[side]
  }

  async #walletAddress(side: Side): Promise<{ id: string; url: string }> {
    const { plan, assets } = this.bench.services
    const { walletAddress } = await this.must(side, 'createWalletAddress', {
      assetId: assets[side].EUR,
      address: `https://${plan.walletHost[side]}/rafiki-${randomUUID()}`,
      publicName: 'Rafiki alone',
      additionalProperties: [
        { key: 'branch', value: '7', visibleInOpenPayments: true },
        { key: 'ledger', value: '8', visibleInOpenPayments: false },
      ],
    })
    const { id, address } = walletAddress as { id: string; address: string }
    return { id, url: address }
  }
}

function need<Thing>(thing: Thing | null, what: string): Thing {
  if (thing === null) throw new Error(`expected a step before this one to make ${what}`)
  return thing
}
