import type { Kysely } from 'kysely'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { truncatePan } from '../../../protocols/emv/pan.ts'
import { uuid } from '../../common/uuid.ts'
import type { Tables } from '../database/tables.ts'
import type { CardAlgorithm, CardKeys } from './card-keys.ts'
import type { IssuerPins, NewPin } from './issuer-pins.ts'
import { testPan } from './pan.ts'

/** Wrong PINs in a row that a cardholder may enter. */
export const PIN_TRIES = 3

const PIN_DIGITS = 4

export type CardState = 'ORDERED' | 'INACTIVE' | 'ACTIVE' | 'FROZEN' | 'TERMINATED'

export interface CardOrder {
  accountId: string
  algorithm: CardAlgorithm
  /** Largest amount of one payment, in minor units of the account; null or left out: none. */
  limit?: bigint | null
  /** Whether it may pay in other currencies than its account's; default no. */
  abroad?: boolean
  /** Default ACTIVE, since most scenarios want a card that works. */
  state?: CardState
  /** A card whose holder enters a PIN from this amount on, minor units. */
  pinFrom?: bigint | null
  /** 4 to 12 digits of the PIN; default 4. */
  pinDigits?: number
}

/** All that a card must be told once. The only place where the full PAN and the (wrapped) card key leave the issuer. */
export interface PersonalisationRecord {
  cardId: string
  /** 16 digits. */
  pan: string
  panSequenceNumber: string
  /** YYMMDD, as in tag 5F24. */
  expiry: string
  walletAddress: string
  key: {
    algorithm: CardAlgorithm
    /** Hex: RFC 5649 of the 16 key bytes, or of the PKCS#8 DER, under the transport key. */
    wrapped: string
    /** Hex, 3 bytes, of an AES key. */
    kcv: string | null
    /** SPKI PEM of a P-256 key. */
    publicKey: string | null
  }
}

/** A new card: for the card itself, and for the letter to its holder. */
export interface IssuedCard extends PersonalisationRecord {
  /** Hex: the PIN as a block of format 4 under the key of whoever prints the letter; null of a card without PIN. */
  pinMailer: string | null
}

/** A card as the issuer knows it. */
export interface Card {
  id: string
  accountId: string
  /** First 8 and last 4 digits. */
  truncatedPan: string
  algorithm: CardAlgorithm
  state: CardState
  limit: bigint | null
  lastAtc: number
  /** Null of a card without PIN. */
  pinTries: number | null
}

export interface CardParts {
  db: Kysely<Tables>
  keys: CardKeys
  pins: () => Promise<IssuerPins>
  transportKey: string
  clock: Clock
  random: (length: number) => Uint8Array
}

/** Issues a card for an account; its key is made in the HSM under the label `card-<id>`. Throws when the account does not exist. */
export async function issueCard(parts: CardParts, order: CardOrder): Promise<IssuedCard> {
  const { db, keys, transportKey, clock, random } = parts
  const account = await db
    .selectFrom('accounts')
    .select('wallet_address')
    .where('id', '=', order.accountId)
    .executeTakeFirst()
  if (account === undefined) throw new Error(`expected the id of an open account, got "${order.accountId}"`)
  const cardId = uuid(random)
  const label = `card-${cardId}`
  const pan = testPan(random)
  const expiry = expiryFrom(clock.now())
  const { wrapped, kcv, publicKey } = await keys.generateCardKey({
    label,
    algorithm: order.algorithm,
    transportKey,
  })
  const pin =
    order.pinFrom == null ? null : await (await parts.pins()).generate(pan, order.pinDigits ?? PIN_DIGITS)
  await db
    .insertInto('cards')
    .values({
      id: cardId,
      account_id: order.accountId,
      truncated_pan: truncatePan(pan),
      expiry,
      key_label: label,
      algorithm: order.algorithm,
      state: order.state ?? 'ACTIVE',
      abroad: order.abroad ?? false,
      transaction_limit: order.limit?.toString() ?? null,
      ...(pin === null ? {} : pinColumns(pin, order.pinFrom ?? 0n)),
    })
    .execute()
  const key = { algorithm: order.algorithm, wrapped: toHex(wrapped), kcv, publicKey }
  return {
    ...{ cardId, pan, panSequenceNumber: '01', expiry, walletAddress: account.wallet_address, key },
    pinMailer: pin === null ? null : toHex(pin.mailer),
  }
}

function pinColumns({ value, encipheredPan }: NewPin, from: bigint) {
  return {
    pin_value: value,
    enciphered_pan: encipheredPan,
    pin_tries: PIN_TRIES,
    pin_from: String(from),
  }
}

/** Moves a card to another state; TERMINATED is for good. Throws when there is no such card to move. */
export async function setCardState(db: Kysely<Tables>, cardId: string, state: CardState): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('cards')
    .set((is) => ({ state, version: is('version', '+', 1) }))
    .where('id', '=', cardId)
    .where((is) => is.or([is('state', '<>', 'TERMINATED'), is('state', '=', state)]))
    .executeTakeFirst()
  if (numUpdatedRows === 0n)
    throw new Error(`expected a card that can become ${state}, "${cardId}" does not exist or is terminated`)
}

/** The card with this id, or null. */
export async function findCard(db: Kysely<Tables>, cardId: string): Promise<Card | null> {
  const row = await db.selectFrom('cards').selectAll().where('id', '=', cardId).executeTakeFirst()
  if (row === undefined) return null
  return {
    id: row.id,
    accountId: row.account_id,
    truncatedPan: row.truncated_pan,
    algorithm: row.algorithm as CardAlgorithm,
    state: row.state as CardState,
    limit: row.transaction_limit === null ? null : BigInt(row.transaction_limit),
    lastAtc: row.last_atc,
    pinTries: row.pin_tries,
  }
}

/** Last day of this month in three years, YYMMDD. */
function expiryFrom(now: number): string {
  const today = new Date(now)
  const last = new Date(Date.UTC(today.getUTCFullYear() + 3, today.getUTCMonth() + 1, 0))
  return last.toISOString().slice(2, 10).replaceAll('-', '')
}
