import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const schema = z.strictObject({
  base: z.string().regex(/^[A-Z]{3}$/),
  rates: z.record(z.string().regex(/^[A-Z]{3}$/), z.number().positive()),
})

/** Units of each currency that one unit of `base` buys. */
export type Rates = z.infer<typeof schema>

const FILE = new URL('../../../fixtures/rates.yaml', import.meta.url)

/** Reads `fixtures/rates.yaml`, or another file of that form. Throws an error that names the file and what is wrong in it. */
export function readRates(file: URL = FILE): Rates {
  const read = schema.safeParse(parse(readFileSync(file, 'utf8')))
  if (read.success) return read.data
  throw new Error(`${file.pathname}: expected a base currency and rates: ${z.prettifyError(read.error)}`)
}

/** The same table for another base, in the form that Rafiki asks for; null for a currency that is not in it. */
export function ratesFor(base: string, table: Rates): Rates | null {
  const all: Record<string, number> = { ...table.rates, [table.base]: 1 }
  const own = Object.hasOwn(all, base) ? all[base] : undefined
  if (own === undefined) return null
  const rates = Object.entries(all).map(([code, rate]) => [code, code === base ? 1 : rate / own] as const)
  return { base, rates: Object.fromEntries(rates) }
}
