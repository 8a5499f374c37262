import { toHex } from '../../../protocols/bytes/bytes.ts'
import { readCertificate } from '../../../protocols/cms/identity.ts'
import type { Ksn } from '../../../protocols/dukpt/scheme.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import type { KeyReason } from '../../../protocols/onboarding/reasons.ts'
import type { Database, TerminalState } from '../database/tables.ts'
import type { Authority } from './authority.ts'
import type { ConfigurationBook } from './configuration-book.ts'
import type { Generation, KeyBook } from './key-book.ts'
import { refusalOf } from './key-refusal.ts'
import { sha256 } from './onboarding-desk.ts'
import type { TrustContext } from './trust-config.ts'

/** What a key serial number is worth, see {@link TerminalOffice.judgeKey}. */
export type KeyVerdict = { usable: true; generation: number } | { usable: false; reason: KeyReason }

/** A line of the registry. */
export interface TerminalLine {
  terminalId: string
  serial: string
  model: string
  state: TerminalState
  /** Milliseconds since 1970. */
  certificateEnds: number
  generation: number | null
  rotationDue: number | null
  merchantId: string
  /** Version of the configuration that it said it has. */
  configuration: number | null
}

/** What the people of the merchant ASE do about terminals. */
export class TerminalOffice {
  readonly #context: TrustContext
  readonly #authority: Authority
  readonly #book: KeyBook
  readonly #settings: ConfigurationBook

  constructor(
    context: TrustContext,
    { authority, book, settings }: { authority: Authority; book: KeyBook; settings: ConfigurationBook },
  ) {
    this.#context = context
    this.#authority = authority
    this.#book = book
    this.#settings = settings
  }

  /** Puts a device on the allow list; harmless when it is there. */
  async allowDevice(serial: string, model: string): Promise<void> {
    await this.#context.db
      .insertInto('allowed_devices')
      .values({ serial, model })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  /** Makes an activation code for one terminal of a merchant, good for `forMs`. Throws when the merchant is not registered. */
  async issueCode(merchantId: string, forMs: number): Promise<string> {
    const { db, random, clock } = this.#context
    const code = toHex(random(10))
    await db
      .insertInto('activation_codes')
      .values({ code_digest: sha256(code), merchant_id: merchantId, expires_at: clock.now() + forMs })
      .execute()
    return code
  }

  /**
   * Decides by which settings a terminal is to work, in the form of its profile but for what the merchant ASE knows: its name and its
   * merchant's wallets. Gives the version of the configuration.
   */
  configure(terminalId: string, settings: Record<string, unknown>): Promise<number> {
    return this.#settings.decide(terminalId, settings)
  }

  /** A rotation is due from now on. */
  async demandRotation(terminalId: string): Promise<void> {
    await this.#context.db
      .updateTable('key_generations')
      .set({ due_at: this.#context.clock.now() })
      .where('terminal_id', '=', terminalId)
      .where('state', '=', 'active')
      .execute()
  }

  /** The keys of a terminal are known to others: none is taken any more, without grace, until the terminal rotated. */
  async withdrawKeys(terminalId: string): Promise<void> {
    await this.#context.db.transaction().execute(async (db) => {
      await db
        .updateTable('key_generations')
        .set({ state: 'compromised' })
        .where('terminal_id', '=', terminalId)
        .where('state', 'in', ['pending', 'active', 'retiring'])
        .execute()
      await db
        .updateTable('terminals')
        .set({ keys_overdue_at: this.#context.clock.now() })
        .where('id', '=', terminalId)
        .execute()
    })
  }

  /** Takes a terminal out of service for good: certificates revoked, keys gone, its requests refused. Throws when it is not in service. */
  async retire(terminalId: string, state: Exclude<TerminalState, 'active'>): Promise<void> {
    const { db, journal } = this.#context
    await db.transaction().execute(async (transaction) => {
      const row = await transaction
        .updateTable('onboarded_terminals')
        .set({ state })
        .where('terminal_id', '=', terminalId)
        .where('state', '=', 'active')
        .returningAll()
        .executeTakeFirst()
      if (row === undefined)
        throw new Error(
          `expected an onboarded terminal in service, got "${terminalId}": see the registry of terminals`,
        )
      const certificates = [row.signing_certificate, row.receiving_certificate]
      await this.#authority.revoke(
        certificates.map((der) => readCertificate(new Uint8Array(der))),
        transaction,
      )
      await transaction
        .updateTable('key_generations')
        .set({ state: 'erased' })
        .where('terminal_id', '=', terminalId)
        .execute()
      await transaction
        .updateTable('terminals')
        .set({ state: 'removed' })
        .where('id', '=', terminalId)
        .execute()
    })
    journal.record({ kind: 'fact', party: 'merchant-ase', text: `${terminalId} is ${state}` })
  }

  /** Whether data under this key serial number are taken from the terminal now, and the one reason when not. */
  async judgeKey(terminalId: string, purpose: KeyPurpose, { id }: Pick<Ksn, 'id'>): Promise<KeyVerdict> {
    const all = await this.#book.generations(terminalId)
    const found = all.find(({ ids }) => ids[purpose] === toHex(id))
    const reason = found === undefined ? 'keys_unknown' : await this.#refusal(found)
    return found === undefined || reason !== null
      ? { usable: false, reason: reason ?? 'keys_unknown' }
      : { usable: true, generation: found.generation }
  }

  /** Every terminal that was ever onboarded. */
  list(): Promise<TerminalLine[]> {
    return listTerminals(this.#context.db)
  }

  async #refusal(generation: Generation): Promise<KeyReason | null> {
    const now = this.#context.clock.now()
    const standing = refusalOf(generation, now)
    if (standing !== null) return standing
    const terminal = await this.#context.db
      .selectFrom('terminals')
      .select('keys_overdue_at')
      .where('id', '=', generation.terminalId)
      .executeTakeFirst()
    const overdueAt = terminal?.keys_overdue_at ?? null
    return overdueAt !== null && now >= Number(overdueAt) ? 'terminal_overdue' : null
  }
}

/** Every terminal that was ever onboarded, the oldest first. */
export async function listTerminals(db: Database): Promise<TerminalLine[]> {
  const rows = await db
    .selectFrom('onboarded_terminals as terminal')
    .leftJoin('key_generations as key', (join) =>
      join.onRef('key.terminal_id', '=', 'terminal.terminal_id').on('key.state', '=', 'active'),
    )
    .innerJoin('terminals', 'terminals.id', 'terminal.terminal_id')
    .select([
      'terminal.terminal_id',
      'serial',
      'model',
      'terminal.state',
      'signing_certificate',
      'generation',
      'due_at',
      'configuration_version',
      'merchant_id',
    ])
    .orderBy('terminal.terminal_id')
    .execute()
  return rows.map((row) => ({
    terminalId: row.terminal_id,
    serial: row.serial,
    model: row.model,
    state: row.state,
    certificateEnds: readCertificate(new Uint8Array(row.signing_certificate)).validToDate.getTime(),
    generation: row.generation,
    rotationDue: row.due_at === null ? null : Number(row.due_at),
    merchantId: row.merchant_id,
    configuration: row.configuration_version,
  }))
}
