import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import type { MerchantState } from '../merchants/merchant-state.ts'

export interface Wallet {
  walletAddress: string
  walletAddressId: string | null
  assetCode: string
  assetScale: number
  /** Minor units, in decimal. */
  limit: string | null
}

/** A registered terminal, its merchant, and the merchant's wallet for the currency that was asked for. */
export interface KnownTerminal {
  id: string
  /** SPKI, PEM. */
  publicKey: string
  merchantId: string
  merchantState: MerchantState
  wallet: Wallet | null
  /** Milliseconds since 1970: from when on the terminal is refused until it rotates its keys; null when they are not rotated from here. */
  keysOverdueAt: number | null
}

/** What the database has of a request's sender. */
export interface FoundTerminal {
  /** Null for a terminal that is not, or no longer, registered. */
  terminal: KnownTerminal | null
  /** SHA-256 of the certificate that the terminal was onboarded with, DER, hexadecimal; null of one that was registered by hand. */
  certificate: string | null
  /** Whether the certificate that was shown was revoked. */
  revoked: boolean
}

/** `shown`: serial number of the certificate that the sender showed in TLS; null without one. */
export async function findTerminal(
  db: Database,
  terminalId: string,
  assetCode: string,
  shown: Uint8Array | null,
): Promise<FoundTerminal> {
  const { rows } = await sql<{
    found: FoundTerminal
  }>`select terminal_and_certificate(${terminalId}, ${assetCode}, ${shown}) as found`.execute(db)
  return rows[0]?.found ?? { terminal: null, certificate: null, revoked: false }
}
