import { z } from 'zod'
import { refuse } from './office-answer.ts'
import { wallets } from './wallet.ts'

const HOUR = 60 * 60 * 1000

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected 1 to 64 letters, digits, or . _ -')
const text = z.string().min(1).max(40)

/** Bodies of the office's API. Amounts are decimal texts or numbers, minor units. */
export const BODIES = {
  merchant: z.strictObject({ id: name, name: z.string().min(1).max(100), wallets: wallets.default([]) }),
  wallets: z.strictObject({ wallets }),
  merchantState: z.strictObject({ state: z.enum(['active', 'suspended', 'closed']) }),
  code: z
    .strictObject({ validForHours: z.number().int().min(1).max(720) })
    .transform(({ validForHours }) => ({ forMs: validForHours * HOUR })),
  device: z.strictObject({ serial: text, model: text }),
  settings: z.strictObject({ settings: z.record(z.string(), z.unknown()) }),
  /** `emergency`: the keys are known to others, and none is taken any more. */
  rotation: z.strictObject({ emergency: z.boolean().default(false) }),
  terminalState: z.strictObject({ state: z.enum(['decommissioned', 'compromised']) }),
} as const

/** Reads a body; what is wrong with it is named by key, without its values. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  return refuse('request_malformed', faults.join('; '))
}
