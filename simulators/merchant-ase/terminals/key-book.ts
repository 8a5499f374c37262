import { sql } from 'kysely'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { ID_BYTES } from '../../../protocols/dukpt/ksn.ts'
import type { DukptName } from '../../../protocols/dukpt/schemes.ts'
import { KEY_PURPOSES, type KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import type { Database, GenerationState } from '../database/tables.ts'
import type { TrustContext } from './trust-config.ts'

/** One generation of a terminal's keys, as it is recorded. */
export interface Generation {
  terminalId: string
  generation: number
  state: GenerationState
  dukpt: DukptName
  /** Identifiers of the initial keys, 8 bytes, hexadecimal. */
  ids: Record<KeyPurpose, string>
  /** Check values, hexadecimal; null until the keys were sent. */
  kcvs: Record<KeyPurpose, string | null>
  /** Milliseconds since 1970: from when on a rotation is due, and when a replaced generation ends. */
  dueAt: number | null
  endsAt: number | null
}

/** The record of key generations: of each terminal at most one is pending, and at most one active. */
export class KeyBook {
  readonly #context: TrustContext

  constructor(context: TrustContext) {
    this.#context = context
  }

  /** The generation of this scheme that waits to be confirmed; a new one when there is none. Two who ask at once get the same. */
  async pending(terminalId: string, dukpt: DukptName): Promise<Generation> {
    return this.#locked(terminalId, async (db) => {
      const all = await generationsOf(db, terminalId)
      const waiting = all.find(({ state }) => state === 'pending')
      if (waiting?.dukpt === dukpt) return waiting
      if (waiting !== undefined) await withdraw(db, waiting)
      const generation = Math.max(0, ...all.map((one) => one.generation)) + 1
      return this.#add(db, { terminalId, generation, dukpt })
    })
  }

  /** Notes the check values of keys that are being sent. They are the same each time: the keys are derived. */
  async noteCheckValues(
    { terminalId, generation }: Generation,
    kcvs: Record<KeyPurpose, string>,
  ): Promise<void> {
    await this.#context.db
      .updateTable('key_generations')
      .set({ pin_kcv: kcvs.PIN, sred_kcv: kcvs.SRED })
      .where('terminal_id', '=', terminalId)
      .where('generation', '=', generation)
      .execute()
  }

  /** Makes a generation the active one and gives it back; its forerunner has its grace. Null when it is neither pending nor active. */
  async confirm(
    terminalId: string,
    generation: number,
    matches: (found: Generation) => boolean,
  ): Promise<Generation | 'unknown' | 'mismatch'> {
    return this.#locked(terminalId, async (db) => {
      const found = (await generationsOf(db, terminalId)).find((one) => one.generation === generation)
      if (found?.state !== 'pending' && found?.state !== 'active') return 'unknown'
      if (!matches(found)) return 'mismatch'
      return found.state === 'active' ? found : this.#activate(db, found)
    })
  }

  /** All generations of a terminal, the oldest first. */
  generations(terminalId: string): Promise<Generation[]> {
    return generationsOf(this.#context.db, terminalId)
  }

  async #activate(db: Database, found: Generation): Promise<Generation> {
    const { clock, periods } = this.#context
    const now = clock.now()
    const { terminalId, generation } = found
    const dueAt = now + periods.rotationDue
    const rows = db.updateTable('key_generations').where('terminal_id', '=', terminalId)
    await rows
      .set({ state: 'retiring', ends_at: now + periods.grace })
      .where('state', '=', 'active')
      .execute()
    await rows.set({ state: 'active', due_at: dueAt }).where('generation', '=', generation).execute()
    await db
      .updateTable('terminals')
      .set({ keys_overdue_at: now + periods.rotationOverdue })
      .where('id', '=', terminalId)
      .execute()
    return { ...found, state: 'active', dueAt }
  }

  async #add(
    db: Database,
    { terminalId, generation, dukpt }: Pick<Generation, 'terminalId' | 'generation' | 'dukpt'>,
  ): Promise<Generation> {
    const bdkIds = this.#context.keys.bdkIds[dukpt]
    const { rows } = await sql<{
      number: number
    }>`select nextval('initial_key_numbers')::integer as number`.execute(db)
    const own = ownBytes(rows[0]?.number ?? 0, dukpt)
    const [pin, sred] = KEY_PURPOSES.map((purpose) => toHex(concat(bdkIds[purpose], own)))
    await db
      .insertInto('key_generations')
      .values({
        terminal_id: terminalId,
        generation,
        state: 'pending',
        dukpt,
        pin_id: pin ?? '',
        sred_id: sred ?? '',
      })
      .execute()
    const nothing = { PIN: null, SRED: null }
    const ids = { PIN: pin ?? '', SRED: sred ?? '' }
    return { terminalId, generation, state: 'pending', dukpt, ids, kcvs: nothing, dueAt: null, endsAt: null }
  }

  /** One at a time for each terminal. */
  #locked<T>(terminalId: string, run: (db: Database) => Promise<T>): Promise<T> {
    return this.#context.db.transaction().execute(async (db) => {
      await db
        .selectFrom('onboarded_terminals')
        .select('terminal_id')
        .where('terminal_id', '=', terminalId)
        .forUpdate()
        .execute()
      return run(db)
    })
  }
}

/** What was never confirmed is as if it had never been, but for its identifiers: they are not given again. */
async function withdraw(db: Database, { terminalId, generation }: Generation): Promise<void> {
  const rows = db.deleteFrom('key_generations').where('terminal_id', '=', terminalId)
  await rows.where('generation', '=', generation).execute()
}

/**
 * The right half of an identifier: 4 bytes of the base derivation key, 4 of the device, here of the device's generation (X9.24-3:2017,
 * 6.3.1). In TDES the counter begins in its last five bits (X9.24-1:2009, A.1).
 */
function ownBytes(number: number, dukpt: DukptName): Uint8Array {
  const own = dukpt === 'TDES' ? number * 2 ** 5 : number
  return fromHex(own.toString(16).padStart(ID_BYTES, '0'))
}

async function generationsOf(db: Database, terminalId: string): Promise<Generation[]> {
  const rows = await db
    .selectFrom('key_generations')
    .selectAll()
    .where('terminal_id', '=', terminalId)
    .orderBy('generation')
    .execute()
  return rows.map((row) => ({
    terminalId,
    generation: row.generation,
    state: row.state,
    dukpt: row.dukpt,
    ids: { PIN: row.pin_id, SRED: row.sred_id },
    kcvs: { PIN: row.pin_kcv, SRED: row.sred_kcv },
    dueAt: row.due_at === null ? null : Number(row.due_at),
    endsAt: row.ends_at === null ? null : Number(row.ends_at),
  }))
}
