import { sql } from 'kysely'
import type { Outcome } from '../../../protocols/outcome/outcome.ts'
import type { Database } from '../database/tables.ts'

/** A request that asks to become a payment. */
export interface ClaimedRequest {
  terminalId: string
  nonce: string
  /** From then on (ms) the request is outside its window, and its nonce need not be kept. */
  nonceExpiresAt: number
  requestId: string
  /** Of the body as it came, 32 bytes. */
  bodyDigest: Uint8Array
  amount: string
  assetCode: string
  sender: string
  /** Rafiki's id of the merchant's wallet address. */
  receiverId: string | null
  now: number
}

/** `new`: the caller makes the payment. `unfinished`: the payment has been begun and has no outcome yet. */
export type Claim =
  | { state: 'new' }
  | { state: 'replayed' }
  | { state: 'unfinished'; sameBody: boolean }
  | { state: 'finished'; sameBody: boolean; outcome: Outcome }

/** A payment that was begun and has no outcome; `amount`: minor units, `credited`: whether its money has come. */
export interface Unfinished {
  terminalId: string
  requestId: string
  receiverId: string | null
  amount: string
  assetCode: string
  createdAt: number
  credited: boolean
}

type ClaimRow =
  | { state: 'new' }
  | { state: 'replayed' }
  | { state: 'known'; sameBody: boolean; word: null }
  | ({ state: 'known'; sameBody: boolean } & Outcome)

const CLAIMS_PER_PRUNING = 500

/** The payments table: one row per request id of a terminal, which makes a retry harmless. */
export class PaymentBook {
  readonly #db: Database
  #claims = 0

  constructor(db: Database) {
    this.#db = db
  }

  /** Takes nonce and request id in one round trip; now and then one more to drop nonces whose window is over. */
  async claim(request: ClaimedRequest): Promise<Claim> {
    if (this.#claims++ % CLAIMS_PER_PRUNING === 0) await this.#prune(request.now)
    const { terminalId, nonce, nonceExpiresAt, requestId, bodyDigest } = request
    const { amount, assetCode, sender, receiverId, now } = request
    const { rows } = await sql<{ claim: ClaimRow }>`select claim_payment(
      ${terminalId}, ${nonce}, ${nonceExpiresAt}, ${requestId}, ${bodyDigest},
      ${amount}, ${assetCode}, ${sender}, ${receiverId}, ${now}) as claim`.execute(this.#db)
    const [row] = rows
    if (row === undefined) throw new Error('expected one row from claim_payment, got none')
    return toClaim(row.claim)
  }

  async #prune(now: number): Promise<void> {
    await this.#db.deleteFrom('nonces').where('expires_at', '<', now).execute()
  }

  /** Stores how a payment ended; gives whether it was reversed meanwhile. */
  async finish(terminalId: string, requestId: string, { word, code, reason }: Outcome): Promise<boolean> {
    const { rows } = await sql<{ reversed: boolean }>`select end_payment(
      ${terminalId}, ${requestId}, ${word}, ${code}, ${reason}) as reversed`.execute(this.#db)
    return rows[0]?.reversed ?? false
  }

  /** Payments without an outcome, the oldest first. */
  async unfinished(): Promise<Unfinished[]> {
    const rows = await this.#db
      .selectFrom('payments')
      .select(['terminal_id', 'request_id', 'receiver_id', 'amount', 'asset_code', 'created_at'])
      .select('incoming_payment_id')
      .where('word', 'is', null)
      .orderBy('created_at')
      .execute()
    return rows.map((row) => ({
      terminalId: row.terminal_id,
      requestId: row.request_id,
      receiverId: row.receiver_id,
      amount: String(row.amount),
      assetCode: row.asset_code,
      createdAt: Number(row.created_at),
      credited: row.incoming_payment_id !== null,
    }))
  }

  /** How many payments like this one, begun then or later, are approved or without an outcome, and have no money yet. */
  async awaiting({ receiverId, amount, assetCode, createdAt }: Unfinished): Promise<number> {
    const { rows } = await sql<{ count: string }>`select count(*) as count from payments
      where receiver_id = ${receiverId} and amount = ${amount} and asset_code = ${assetCode} and created_at >= ${createdAt}
        and incoming_payment_id is null and (word is null or word = 'Approved')`.execute(this.#db)
    return Number(rows[0]?.count)
  }

  /** Those of Rafiki's incoming payments of which a webhook has told already. */
  async knownIncoming(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db.selectFrom('incoming_payments').select('id').where('id', 'in', ids).execute()
    return new Set(rows.map(({ id }) => id))
  }
}

function toClaim(row: ClaimRow): Claim {
  if (row.state !== 'known') return row
  if (row.word === null) return { state: 'unfinished', sameBody: row.sameBody }
  const { sameBody, state: _, ...outcome } = row
  return { state: 'finished', sameBody, outcome }
}
