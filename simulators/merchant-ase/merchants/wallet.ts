import { z } from 'zod'

/** One currency of a merchant, as files and requests have it. */
const wallet = z.strictObject({
  walletAddress: z.url({ protocol: /^https?$/ }),
  walletAddressId: z.string().optional(),
  assetCode: z.string().regex(/^[A-Z]{3}$/, 'expected three capitals'),
  assetScale: z.number().int().min(0).max(9),
  /** Largest single payment, minor units. */
  limit: z.coerce.bigint().positive().optional(),
})

/** A merchant's wallets: one for each currency. */
export const wallets = z
  .array(wallet)
  .refine(
    (all) => new Set(all.map(({ assetCode }) => assetCode)).size === all.length,
    'expected one wallet for each currency',
  )
