import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { CustomerAse } from './customer-ase.ts'

const minorUnits = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,18}$/)]).transform(BigInt)

const card = z.strictObject({
  algorithm: z.enum(['aes-128', 'ec-p256']),
  limit: minorUnits.optional(),
  state: z.enum(['ORDERED', 'INACTIVE', 'ACTIVE', 'FROZEN', 'TERMINATED']).default('ACTIVE'),
})

const schema = z.strictObject({
  cardholders: z.array(
    z.strictObject({
      walletAddress: z.url({ protocol: /^https$/ }),
      assetCode: z.string().min(1),
      assetScale: z.int().min(0).max(255),
      balance: minorUnits,
      cards: z.array(card),
    }),
  ),
})

/**
 * Opens the accounts and issues the cards of a YAML file; each personalisation record goes to `<cardId>.json` in `records`, for its owner's
 * eyes alone, since it holds the PAN. Throws an error that names the file and what is wrong in it.
 */
export async function issueFromFile(ase: CustomerAse, file: string, records: string): Promise<void> {
  const read = schema.safeParse(parse(await readFile(file, 'utf8')))
  if (!read.success) throw new Error(`${file}: expected cardholders: ${z.prettifyError(read.error)}`)
  await mkdir(records, { recursive: true, mode: 0o700 })
  for (const { cards, ...opening } of read.data.cardholders) {
    const { id: accountId } = await ase.openAccount(opening)
    for (const { limit = null, ...order } of cards) {
      // Cards of a file have no PIN: there is no letter to print.
      const { pinMailer: _, ...record } = await ase.issueCard({ accountId, limit, ...order })
      await writeFile(join(records, `${record.cardId}.json`), JSON.stringify(record, null, 2), {
        mode: 0o600,
      })
    }
  }
}
