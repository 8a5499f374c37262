import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { ROOT } from '../bench/places.ts'
import { ConfigurationError } from '../bench/profile.ts'

const currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code')
const fee = z.strictObject({
  /** Minor units. */
  fixed: z.number().int().min(0),
  basisPoints: z.number().int().min(0).max(10_000),
})
const walletAddress = z.strictObject({ path: z.string().min(1), currency, name: z.string().min(1) })

const fixture = z
  .strictObject({
    assets: z.array(z.strictObject({ currency, sendingFee: fee.optional() })).min(1),
    peering: currency,
    walletAddresses: z.strictObject({ merchant: z.array(walletAddress), customer: z.array(walletAddress) }),
  })
  .superRefine(({ assets, peering, walletAddresses }, context) => {
    const known = new Set(assets.map(({ currency }) => currency))
    const used = [peering, ...Object.values(walletAddresses).flatMap((all) => all.map((one) => one.currency))]
    for (const code of used)
      if (!known.has(code)) context.addIssue({ code: 'custom', message: `expected an asset for ${code}` })
  })

/** What a pair is seeded with. */
export type SeedFixture = z.infer<typeof fixture>
export type SeedFee = z.infer<typeof fee>

const FILE = join(ROOT, 'fixtures/rafiki/seed.yaml')

/** Reads a fixture. Throws {@link ConfigurationError} naming the file, the key and what was expected. */
export function loadSeedFixture(file = FILE): SeedFixture {
  const checked = fixture.safeParse(parse(readFileSync(file, 'utf8')))
  if (checked.success) return checked.data
  throw new ConfigurationError(
    checked.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`).join('\n'),
  )
}
