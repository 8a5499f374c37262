import type { Kysely } from 'kysely'
import { uuid } from '../../common/uuid.ts'
import type { Tables } from '../database/tables.ts'
import type { CustomerRafiki } from '../rafiki/customer-rafiki.ts'

export interface AccountOpening {
  /** `https://host/path`, as Rafiki knows it. */
  walletAddress: string
  /** Id of that wallet address at Rafiki; asked for there when left out. */
  walletAddressId?: string
  assetCode: string
  assetScale: number
  /** Minor units. */
  balance: bigint
}

/** A cardholder's account. All amounts are minor units of its asset. */
export interface Account {
  id: string
  walletAddress: string
  walletAddressId: string
  assetCode: string
  assetScale: number
  balance: bigint
  /** The part of the balance that is promised to payments under way. */
  reserved: bigint
  /** Sum of the ledger; differs from `balance` only if the books are wrong. */
  ledger: bigint
}

export interface AccountParts {
  db: Kysely<Tables>
  rafiki: CustomerRafiki
  random: (length: number) => Uint8Array
}

/** Opens an account with its first ledger entry. Throws when Rafiki does not know the wallet address, or another account has it. */
export async function openAccount(parts: AccountParts, opening: AccountOpening): Promise<Account> {
  const id = uuid(parts.random)
  const walletAddressId = opening.walletAddressId ?? (await idAtRafiki(parts.rafiki, opening.walletAddress))
  const balance = opening.balance.toString()
  await parts.db.transaction().execute(async (books) => {
    await books
      .insertInto('accounts')
      .values({
        id,
        wallet_address: opening.walletAddress,
        wallet_address_id: walletAddressId,
        asset_code: opening.assetCode,
        asset_scale: opening.assetScale,
        balance,
      })
      .execute()
    await books
      .insertInto('ledger_entries')
      .values({ account_id: id, amount: balance, outgoing_payment_id: null })
      .execute()
  })
  return { ...opening, id, walletAddressId, reserved: 0n, ledger: opening.balance }
}

/** The account with this id, or null. */
export async function findAccount(db: Kysely<Tables>, accountId: string): Promise<Account | null> {
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .select((is) =>
      is
        .selectFrom('ledger_entries')
        .select(({ fn }) => fn.sum<string>('amount').as('sum'))
        .whereRef('account_id', '=', 'accounts.id')
        .as('ledger'),
    )
    .where('id', '=', accountId)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    id: row.id,
    walletAddress: row.wallet_address,
    walletAddressId: row.wallet_address_id,
    assetCode: row.asset_code,
    assetScale: row.asset_scale,
    balance: BigInt(row.balance),
    reserved: BigInt(row.reserved),
    ledger: BigInt(row.ledger ?? 0),
  }
}

async function idAtRafiki(rafiki: CustomerRafiki, walletAddress: string): Promise<string> {
  const id = await rafiki.walletAddressId(walletAddress)
  if (id === null)
    throw new Error(`expected Rafiki to know ${walletAddress}, it does not: create the wallet address first`)
  return id
}
