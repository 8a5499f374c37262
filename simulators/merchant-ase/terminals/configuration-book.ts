import type { Database } from '../database/tables.ts'
import type { TrustContext } from './trust-config.ts'

/** What a terminal is to be set up by, as it was last decided. */
export interface CurrentConfiguration {
  /** From 1 on; rises whenever anything in the content changed. */
  version: number
  /** JSON: `wallets` by currency, and the settings. */
  content: string
}

/** The record of terminals' configurations: settings that were decided, and the versions that came of them and of the merchants' wallets. */
export class ConfigurationBook {
  readonly #context: Pick<TrustContext, 'db' | 'clock'>

  constructor(context: Pick<TrustContext, 'db' | 'clock'>) {
    this.#context = context
  }

  /** Decides the settings of a terminal and gives the version they are in. */
  async decide(terminalId: string, settings: Record<string, unknown>): Promise<number> {
    const text = JSON.stringify(settings)
    await this.#context.db
      .insertInto('terminal_settings')
      .values({ terminal_id: terminalId, settings: text })
      .onConflict((conflict) => conflict.column('terminal_id').doUpdateSet({ settings: text }))
      .execute()
    const { version } = (await this.current(terminalId)) ?? missing(terminalId)
    return version
  }

  /** The configuration of now, with a new version when it is another one than last time; null when nobody decided any settings. */
  async current(terminalId: string): Promise<CurrentConfiguration | null> {
    const { db, clock } = this.#context
    return db.transaction().execute(async (transaction) => {
      const content = await contentOf(transaction, terminalId)
      if (content === null) return null
      const last = await transaction
        .selectFrom('terminal_configurations')
        .select(['version', 'content'])
        .where('terminal_id', '=', terminalId)
        .orderBy('version', 'desc')
        .executeTakeFirst()
      if (last?.content === content) return last
      const version = (last?.version ?? 0) + 1
      await transaction
        .insertInto('terminal_configurations')
        .values({ terminal_id: terminalId, version, content, made_at: clock.now() })
        .execute()
      return { version, content }
    })
  }

  /** Notes which version a terminal says it has. */
  async noteHeld(terminalId: string, version: number | null): Promise<void> {
    await this.#context.db
      .updateTable('onboarded_terminals')
      .set({ configuration_version: version })
      .where('terminal_id', '=', terminalId)
      .execute()
  }
}

/** One at a time for each terminal: the row of its settings is locked. */
async function contentOf(db: Database, terminalId: string): Promise<string | null> {
  const decided = await db
    .selectFrom('terminal_settings')
    .select('settings')
    .where('terminal_id', '=', terminalId)
    .forUpdate()
    .executeTakeFirst()
  if (decided === undefined) return null
  const wallets = await db
    .selectFrom('merchant_wallets')
    .innerJoin('terminals', 'terminals.merchant_id', 'merchant_wallets.merchant_id')
    .select(['asset_code', 'wallet_address'])
    .where('terminals.id', '=', terminalId)
    .orderBy('asset_code')
    .execute()
  const byCurrency = Object.fromEntries(wallets.map((row) => [row.asset_code, row.wallet_address]))
  return JSON.stringify({ wallets: byCurrency, settings: JSON.parse(decided.settings) })
}

function missing(terminalId: string): never {
  throw new Error(`expected settings of ${terminalId}, which were just stored`)
}
