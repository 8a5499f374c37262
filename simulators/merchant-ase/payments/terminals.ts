import { sql } from 'kysely'
import type { Database } from '../database/tables.ts'
import type { MerchantState } from '../registry.ts'

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

/** Null for a terminal that is not, or no longer, registered. */
export async function findTerminal(
  db: Database,
  terminalId: string,
  assetCode: string,
): Promise<KnownTerminal | null> {
  const { rows } = await sql<{
    terminal: KnownTerminal | null
  }>`select terminal_with_merchant(${terminalId}, ${assetCode}) as terminal`.execute(db)
  return rows[0]?.terminal ?? null
}
