import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import type { CompletedPayment } from './webhook-event.ts'

/** `payment` is the card payment that the money belongs to, as far as can be told; its word is null while it is under way. */
export type TakenPayment =
  | { verdict: 'duplicate' }
  | { verdict: 'taken'; payment: { terminalId: string; requestId: string; word: string | null } | null }

/** Records a completed incoming payment once, and credits it to a card payment begun at most `creditMs` ago; one round trip. */
export async function takeIncomingPayment(
  db: Database,
  eventId: string,
  { id, walletAddressId, receivedAmount: { value, assetCode, assetScale } }: CompletedPayment,
  { now, creditMs }: { now: number; creditMs: number },
): Promise<TakenPayment> {
  const { rows } = await sql<{ taken: TakenPayment }>`select take_incoming_payment(
    ${eventId}, ${id}, ${walletAddressId}, ${value}, ${assetCode}, ${assetScale},
    ${now}, ${now - creditMs}) as taken`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('expected one row from take_incoming_payment, got none')
  return row.taken
}
