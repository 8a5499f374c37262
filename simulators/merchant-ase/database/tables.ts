import type { ColumnType, Generated, Kysely } from 'kysely'
import type { DukptName } from '../../../protocols/dukpt/schemes.ts'

type Bigint = string | number | bigint

export type TerminalState = 'active' | 'decommissioned' | 'compromised'

/** `retiring`: replaced, and taken until its grace ends. */
export type GenerationState = 'pending' | 'active' | 'retiring' | 'compromised' | 'erased'

/** The merchant ASE's tables, as the migrations make them. Moments are ms since 1970, amounts minor units. */
export interface Tables {
  merchants: { id: string; name: string; state: 'onboarded' | 'active' | 'suspended' | 'closed' }
  merchant_wallets: {
    merchant_id: string
    asset_code: string
    asset_scale: number
    wallet_address: string
    wallet_address_id: string | null
    payment_limit: Bigint | null
  }
  terminals: {
    id: string
    merchant_id: string
    public_key: string
    state: 'active' | 'removed'
    keys_overdue_at: Generated<Bigint | null>
  }
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
    reversed_at: Generated<Bigint | null>
  }
  refunds: {
    terminal_id: string
    id: string
    payment_id: string
    amount: Bigint
    state: 'pending' | 'completed' | 'failed'
    outgoing_payment_id: string | null
    requested_at: Bigint
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
  allowed_devices: { serial: string; model: string }
  activation_codes: {
    code_digest: Uint8Array
    merchant_id: string
    expires_at: Bigint
    request_digest: Uint8Array | null
    terminal_id: string | null
  }
  onboarded_terminals: {
    terminal_id: string
    serial: string
    model: string
    state: TerminalState
    signing_certificate: Uint8Array
    receiving_certificate: Uint8Array
    onboarded_at: Bigint
    configuration_version: Generated<number | null>
  }
  terminal_settings: { terminal_id: string; settings: string }
  terminal_configurations: { terminal_id: string; version: number; content: string; made_at: Bigint }
  revoked_certificates: { serial: Uint8Array; at: Bigint }
  key_generations: {
    terminal_id: string
    generation: number
    state: GenerationState
    dukpt: ColumnType<DukptName, DukptName | undefined, never>
    pin_id: string
    sred_id: string
    pin_kcv: string | null
    sred_kcv: string | null
    due_at: Bigint | null
    ends_at: Bigint | null
  }
}

export type Database = Kysely<Tables>
