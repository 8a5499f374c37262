import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Database } from '../database/tables.ts'
import type { Merchant } from '../registry.ts'
import type { TerminalOffice } from '../terminals/terminal-office.ts'
import { type MerchantState, moveMerchant } from './merchant-state.ts'
import { type MerchantWallet, replaceWallets, walletOf } from './merchant-wallets.ts'
import { refuse } from './office-answer.ts'

/** A line of the registry of merchants. */
export interface MerchantLine {
  id: string
  name: string
  state: MerchantState
  wallets: MerchantWallet[]
  /** Names of its terminals in service. */
  terminals: string[]
}

export interface MerchantOfficeOptions {
  db: Database
  journal: Journal
  /** Asked for when it is needed: its keys may not be open yet. */
  terminals: () => Promise<Pick<TerminalOffice, 'retire' | 'issueCode'>>
}

/** What the people of the merchant ASE do about merchants. What cannot be done is thrown as Refused, with an `OfficeReason`. */
export class MerchantOffice {
  readonly #options: MerchantOfficeOptions

  constructor(options: MerchantOfficeOptions) {
    this.#options = options
  }

  /** Registers a merchant, who takes no payment before it is activated. */
  async onboard({ id, name, wallets }: Merchant): Promise<void> {
    await this.#options.db.transaction().execute(async (db) => {
      const inserted = await db
        .insertInto('merchants')
        .values({ id, name, state: 'onboarded' })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (inserted.numInsertedOrUpdatedRows !== 1n) refuse('merchant_exists', id)
      await replaceWallets(db, id, wallets)
    })
    this.#note(`merchant ${id} is onboarded`)
  }

  /** Replaces currencies, wallet addresses and limits; the merchant's terminals find them in their next configuration. */
  async setWallets(id: string, wallets: readonly MerchantWallet[]): Promise<void> {
    await this.#options.db.transaction().execute(async (db) => {
      const { state } = await locked(db, id)
      if (state === 'closed') refuse('merchant_state_wrong', `${id} is closed`)
      if (state === 'active' && wallets.length === 0) refuse('merchant_without_wallet', id)
      await replaceWallets(db, id, wallets)
    })
  }

  /** Activates, suspends or closes a merchant. Closing takes its terminals out of service; when it was cut it is done again to the end. */
  async setState(id: string, to: MerchantState): Promise<void> {
    const { db } = this.#options
    const { wallets } = await this.find(id)
    if (to === 'active' && wallets.length === 0) refuse('merchant_without_wallet', id)
    const verdict = await moveMerchant(db, id, to)
    if (!verdict.moved) refuse('merchant_state_wrong', `${id} is ${verdict.state}, wanted ${to}`)
    if (to === 'closed') await this.#retireTerminals(id)
    this.#note(`merchant ${id} is ${to}`)
  }

  /** An activation code for one terminal of a merchant, good for `forMs` ms. */
  async issueCode(id: string, forMs: number): Promise<string> {
    const { state } = await this.find(id)
    if (state === 'closed') refuse('merchant_state_wrong', `${id} is closed`)
    return (await this.#options.terminals()).issueCode(id, forMs)
  }

  async find(id: string): Promise<MerchantLine> {
    return (await this.list()).find((line) => line.id === id) ?? refuse('merchant_unknown', id)
  }

  /** Every merchant that was ever registered. */
  async list(): Promise<MerchantLine[]> {
    const { db } = this.#options
    const merchants = await db.selectFrom('merchants').selectAll().orderBy('id').execute()
    const wallets = await db.selectFrom('merchant_wallets').selectAll().orderBy('asset_code').execute()
    const terminals = await db
      .selectFrom('terminals')
      .select(['id', 'merchant_id'])
      .where('state', '=', 'active')
      .orderBy('id')
      .execute()
    return merchants.map((merchant) => ({
      ...merchant,
      wallets: wallets.filter((row) => row.merchant_id === merchant.id).map(walletOf),
      terminals: terminals.filter((row) => row.merchant_id === merchant.id).map(({ id }) => id),
    }))
  }

  async #retireTerminals(merchantId: string): Promise<void> {
    const { db, terminals } = this.#options
    const onboarded = await db
      .selectFrom('onboarded_terminals')
      .innerJoin('terminals', 'terminals.id', 'onboarded_terminals.terminal_id')
      .select('terminal_id')
      .where('merchant_id', '=', merchantId)
      .where('onboarded_terminals.state', '=', 'active')
      .execute()
    for (const { terminal_id } of onboarded) await (await terminals()).retire(terminal_id, 'decommissioned')
    await db
      .updateTable('terminals')
      .set({ state: 'removed' })
      .where('merchant_id', '=', merchantId)
      .execute()
  }

  #note(text: string): void {
    this.#options.journal.record({ kind: 'fact', party: 'merchant-ase', text })
  }
}

async function locked(db: Database, id: string): Promise<{ state: MerchantState }> {
  const query = db.selectFrom('merchants').select('state').where('id', '=', id)
  return (await query.forUpdate().executeTakeFirst()) ?? refuse('merchant_unknown', id)
}
