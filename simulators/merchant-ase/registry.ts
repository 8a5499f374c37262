import type { KeyObject } from 'node:crypto'
import type { Database } from './database/tables.ts'
import { type MerchantState, moveMerchant } from './merchants/merchant-state.ts'
import { type MerchantWallet, replaceWallets } from './merchants/merchant-wallets.ts'

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

/** Who may take payments: merchants with a wallet address per currency, and their terminals. */
export class Registry {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Adds a merchant, or replaces what was registered under its id; its state is then active. Throws when it is closed. */
  async registerMerchant({ id, name, wallets }: Merchant): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db
        .insertInto('merchants')
        .values({ id, name, state: 'onboarded' })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ name }))
        .execute()
      await expectMoved(db, id, 'active')
      await replaceWallets(db, id, wallets)
    })
  }

  /** Gives a registered merchant these wallets in place of all it had; whether it may take payments stays as it is. */
  async setWallets(id: string, wallets: Merchant['wallets']): Promise<void> {
    await this.#db.transaction().execute((db) => replaceWallets(db, id, wallets))
  }

  /** Throws when the merchant is not registered, or cannot come to this state. */
  async setMerchantState(id: string, state: MerchantState): Promise<void> {
    await expectMoved(this.#db, id, state)
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

async function expectMoved(db: Database, id: string, to: MerchantState): Promise<void> {
  const verdict = await moveMerchant(db, id, to)
  if (verdict.moved) return
  throw new Error(
    verdict.state === null
      ? `expected a registered merchant, got "${id}": register it first`
      : `expected a merchant who can become ${to}, "${id}" is ${verdict.state}`,
  )
}
