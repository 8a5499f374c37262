import { createHash } from 'node:crypto'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { Tables } from '../database/tables.ts'
import type { IncomingPayment } from '../webhooks/event.ts'
import type { Payer, PayerAccount, PayerCard, PayerPin } from './payer.ts'
import type { CardPayment } from './payment.ts'
import { toNumber } from './rules/cryptogram.ts'
import { tapMark } from './tap-mark.ts'
import type { Verdict } from './verdict.ts'

/** `stale`: the card has changed since it was read. `known`: the payment was decided before. Nothing was stored for either. */
export type Recorded = 'approved' | 'stale' | 'known' | ReasonCode

/** How {@link DecisionStore.settle} found and left a payment; the first three mean that nothing was done. */
export type Settled = 'duplicate' | 'unknown' | 'closed' | 'settled'

export interface Settlement {
  paymentId: string
  /** The webhook event that says so, if any. */
  eventId: string | null
  state: 'completed' | 'failed'
  /** Minor units that left the account. */
  sent: bigint
}

/** Decisions in the database: every method is one round trip and one transaction. */
export class DecisionStore {
  readonly #db: Kysely<Tables>
  readonly #recentTaps: number

  constructor(db: Kysely<Tables>, recentTaps: number) {
    this.#db = db
    this.#recentTaps = recentTaps
  }

  /** What is known about a payment and its payer. */
  async payerOf({ id, walletAddressId }: Pick<CardPayment, 'id' | 'walletAddressId'>): Promise<Payer> {
    return toPayer(await this.#call<RawPayer>(sql`payer_of(${id}::uuid, ${walletAddressId})`))
  }

  /** Stores a verdict, and the event it came from, with all its effects: ATC, unpredictable number, reservation. */
  record(
    payment: CardPayment,
    eventId: string,
    { code, payload, account, card, spent, pinTries }: Verdict,
  ): Promise<Recorded> {
    const tap = payload === null ? null : { atc: toNumber(payload.atc), mark: tapMark(payload) }
    return this.#call<Recorded>(sql`record_decision(
      p_payment => ${payment.id}::uuid, p_event => ${eventId}::uuid, p_request => ${payment.requestId},
      p_account => ${account?.id ?? null}, p_card => ${card?.id ?? null},
      p_version => ${spent ? (card?.version ?? null) : null}::integer,
      p_atc => ${tap?.atc ?? null}::integer, p_tap => ${tap?.mark ?? null}, p_keep => ${this.#recentTaps}::integer,
      p_hash => decode(${hashOf(payment.payload)}, 'hex'), p_initiated_at => ${String(payment.initiatedAt)}::bigint,
      p_code => ${code}, p_amount => ${String(payment.debitAmount.value)}::bigint,
      p_pin_tries => ${pinTries}::integer)`)
  }

  /** Debits what was sent and gives back the rest of the reservation. */
  settle({ paymentId, eventId, state, sent }: Settlement): Promise<Settled> {
    const code: ReasonCode | null = state === 'completed' ? null : 'payment_not_completed'
    return this.#call<Settled>(
      sql`settle(${eventId}::uuid, ${paymentId}::uuid, ${state}, ${String(sent)}::bigint, ${code})`,
    )
  }

  /** Puts money that came into an account: false when it was put there before, null when it is nobody's. */
  credit({ id, walletAddressId, receivedAmount }: IncomingPayment): Promise<boolean | null> {
    const { assetCode, assetScale, value } = receivedAmount
    return this.#call<boolean | null>(
      sql`credit(${id}, ${walletAddressId}, ${assetCode}, ${assetScale}::integer, ${String(value)}::bigint)`,
    )
  }

  /** Reason of the latest decision on this payload (hex) at this moment (ms), null when approved; undefined: never decided. */
  async find(payload: string, initiatedAt: number): Promise<ReasonCode | null | undefined> {
    const row = await this.#db
      .selectFrom('decisions')
      .select('code')
      .where('payload_hash', '=', sql<Uint8Array>`decode(${hashOf(payload)}, 'hex')`)
      .where('initiated_at', '=', String(initiatedAt))
      .orderBy('number', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row === undefined ? undefined : (row.code as ReasonCode | null)
  }

  async #call<Result>(call: RawBuilder<unknown>): Promise<Result> {
    const { rows } = await sql<{ result: Result }>`select ${call} as result`.execute(this.#db)
    const [row] = rows
    if (row === undefined) throw new Error('expected one row of a function of the database, got none')
    return row.result
  }
}

// JSON has no integers beyond 2^53, so the functions give amounts as text.
interface RawPayer {
  decidedBy: string | null
  account: (Omit<PayerAccount, 'balance' | 'reserved'> & Record<'balance' | 'reserved', string>) | null
  cards: (Omit<PayerCard, 'limit' | 'pin'> & { limit: string | null; pin: RawPin | null })[]
}

interface RawPin {
  value: string
  tries: number
  from: string
  encipheredPan: string
}

function toPayer({ decidedBy, account, cards }: RawPayer): Payer {
  return {
    decidedBy,
    account: account && {
      ...account,
      balance: BigInt(account.balance),
      reserved: BigInt(account.reserved),
    },
    cards: cards.map((card) => ({
      ...card,
      limit: card.limit === null ? null : BigInt(card.limit),
      pin: card.pin === null ? null : toPin(card.pin),
    })),
  }
}

function toPin({ value, tries, from, encipheredPan }: RawPin): PayerPin {
  return { value, tries, from: BigInt(from), encipheredPan: fromHex(encipheredPan) }
}

/** SHA-256 (hex) of a payload, whatever the case of its digits. */
function hashOf(payload: string): string {
  return createHash('sha256').update(payload.toUpperCase()).digest('hex')
}
