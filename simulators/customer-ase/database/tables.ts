import type { Generated } from 'kysely'

// bigint columns are text here: both drivers take text, and every reader casts, so that no amount ever is a JavaScript number.
type Bigint = string

/** One asset of one cardholder. `balance` is the sum of its ledger entries; `reserved` is promised to payments under way. */
export interface AccountsTable {
  id: string
  wallet_address: string
  wallet_address_id: string
  asset_code: string
  asset_scale: number
  balance: Bigint
  reserved: Generated<Bigint>
}

/** An issued card: no key (that is in the HSM) and no clear PAN. */
export interface CardsTable {
  number: Generated<Bigint>
  id: string
  account_id: string
  truncated_pan: string
  expiry: string
  key_label: string
  algorithm: string
  state: string
  transaction_limit: Bigint | null
  last_atc: Generated<number>
  /** Whether it may pay in other currencies than its account's. */
  abroad: Generated<boolean>
  /** ATC and unpredictable number of the last taps with a right cryptogram, newest first, as `AAAAUUUUUUUU`. */
  recent_taps: Generated<string[]>
  /** Rises with every change, so that a decision made on old facts is not stored. */
  version: Generated<number>
  /** As the HSM enciphered it; null, as all that follow, of a card without PIN. */
  enciphered_pan: Uint8Array | null
  pin_value: string | null
  /** Wrong PINs that may still come. */
  pin_tries: number | null
  /** Amount from which on a PIN is wanted. */
  pin_from: Bigint | null
}

/** What was decided on one outgoing payment, and what became of the money. */
export interface DecisionsTable {
  number: Generated<Bigint>
  outgoing_payment_id: string
  /** Webhook events that the decision and the settlement came from, so that a repetition is known. */
  created_event: string
  ended_event: string | null
  request_id: string | null
  account_id: string | null
  card_id: string | null
  payload_hash: Uint8Array
  initiated_at: Bigint
  code: string | null
  state: 'declined' | 'reserved' | 'completed' | 'failed'
  reserved: Bigint
  debited: Generated<Bigint>
}

/** Append-only: the money that really moved, in minor units, negative when it left the account. */
export interface LedgerEntriesTable {
  number: Generated<Bigint>
  account_id: string
  amount: Bigint
  outgoing_payment_id: string | null
}

/** Incoming payments that were put into an account. */
export interface CreditsTable {
  incoming_payment_id: string
  account_id: string
  amount: Bigint
}

export interface Tables {
  accounts: AccountsTable
  cards: CardsTable
  decisions: DecisionsTable
  ledger_entries: LedgerEntriesTable
  credits: CreditsTable
}
