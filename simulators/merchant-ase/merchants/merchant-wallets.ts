import type { Database, Tables } from '../database/tables.ts'

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

/** Gives a merchant these wallets in place of all it had. `db`: the transaction that it belongs to. */
export async function replaceWallets(
  db: Database,
  merchantId: string,
  wallets: readonly MerchantWallet[],
): Promise<void> {
  await db.deleteFrom('merchant_wallets').where('merchant_id', '=', merchantId).execute()
  if (wallets.length === 0) return
  await db
    .insertInto('merchant_wallets')
    .values(wallets.map((wallet) => rowOf(merchantId, wallet)))
    .execute()
}

export function walletOf(row: Tables['merchant_wallets']): MerchantWallet {
  return {
    walletAddress: row.wallet_address,
    assetCode: row.asset_code,
    assetScale: row.asset_scale,
    ...(row.wallet_address_id === null ? {} : { walletAddressId: row.wallet_address_id }),
    ...(row.payment_limit === null ? {} : { limit: BigInt(row.payment_limit) }),
  }
}

function rowOf(merchantId: string, wallet: MerchantWallet): Tables['merchant_wallets'] {
  return {
    merchant_id: merchantId,
    asset_code: wallet.assetCode,
    asset_scale: wallet.assetScale,
    wallet_address: wallet.walletAddress,
    wallet_address_id: wallet.walletAddressId ?? null,
    payment_limit: wallet.limit?.toString() ?? null,
  }
}
