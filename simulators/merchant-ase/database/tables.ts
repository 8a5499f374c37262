import type { Kysely } from 'kysely'

type Bigint = string | number | bigint

/** The merchant ASE's tables, as `0001-tables.ts` makes them. Moments are ms since 1970, amounts minor units. */
export interface Tables {
  merchants: { id: string; name: string; state: 'active' | 'suspended' }
  merchant_wallets: {
    merchant_id: string
    asset_code: string
    asset_scale: number
    wallet_address: string
    wallet_address_id: string | null
    payment_limit: Bigint | null
  }
  terminals: { id: string; merchant_id: string; public_key: string; state: 'active' | 'removed' }
  nonces: { terminal_id: string; nonce: string; expires_at: Bigint }
  payments: {
    terminal_id: string
    request_id: string
    body_digest: Uint8Array
    amount: Bigint
    asset_code: string
    sender: string
    receiver_id: string | null
    created_at: Bigint
    word: string | null
    code: string | null
    reason: string | null
    incoming_payment_id: string | null
  }
  incoming_payments: {
    event_id: string
    id: string
    wallet_address_id: string
    amount: Bigint
    asset_code: string
    asset_scale: number
    completed_at: Bigint
  }
}

export type Database = Kysely<Tables>
