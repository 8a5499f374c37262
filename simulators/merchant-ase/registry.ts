import type { KeyObject } from 'node:crypto'
import type { Database, Tables } from './database/tables.ts'

/** One currency of a merchant. */
export interface MerchantWallet {
  /** `https://…`, as Rafiki knows it. */
  walletAddress: string
  /** Rafiki's id of it; without it, incoming payments cannot be told apart and are recorded unlinked. */
  walletAddressId?: string | undefined
  assetCode: string
  assetScale: number
  /** Largest single payment in minor units; none when absent. */
  limit?: bigint | undefined
}

export interface Merchant {
  id: string
  name: string
  wallets: readonly MerchantWallet[]
}

export interface RegisteredTerminal {
  id: string
  merchantId: string
  /** Ed25519 or P-256; the terminal's request signatures are checked with it. */
  publicKey: KeyObject
}

export type MerchantState = Tables['merchants']['state']

/** Who may take payments: merchants with a wallet address per currency, and their terminals. */
export class Registry {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Adds a merchant, or replaces what was registered under its id; its state is then active. */
  async registerMerchant({ id, name, wallets }: Merchant): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('merchants')
        .values({ id, name, state: 'active' })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ name, state: 'active' }))
        .execute()
      await db.deleteFrom('merchant_wallets').where('merchant_id', '=', id).execute()
      if (wallets.length > 0)
        await db
          .insertInto('merchant_wallets')
          .values(wallets.map((wallet) => walletRow(id, wallet)))
          .execute()
    })
  }

  /** Throws when the merchant is not registered. */
  async setMerchantState(id: string, state: MerchantState): Promise<void> {
    const changed = await this.#db
      .updateTable('merchants')
      .set({ state })
      .where('id', '=', id)
      .executeTakeFirst()
    if (changed.numUpdatedRows === 0n)
      throw new Error(`expected a registered merchant, got "${id}": register it first`)
  }

  /** Adds a terminal, or gives the terminal of that id another merchant and key. Throws when the merchant is not registered. */
  async registerTerminal({ id, merchantId, publicKey }: RegisteredTerminal): Promise<void> {
    const row = {
      merchant_id: merchantId,
      public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      state: 'active' as const,
    }
    await this.#db
      .insertInto('terminals')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
  }

  /** The terminal's requests are refused from now on; harmless for one that is not registered. */
  async removeTerminal(id: string): Promise<void> {
    await this.#db.updateTable('terminals').set({ state: 'removed' }).where('id', '=', id).execute()
  }
}

function walletRow(merchantId: string, wallet: MerchantWallet): Tables['merchant_wallets'] {
  return {
    merchant_id: merchantId,
    asset_code: wallet.assetCode,
    asset_scale: wallet.assetScale,
    wallet_address: wallet.walletAddress,
    wallet_address_id: wallet.walletAddressId ?? null,
    payment_limit: wallet.limit?.toString() ?? null,
  }
}
