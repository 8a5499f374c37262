import { z } from 'zod'
import { ALGORITHMS } from './cryptogram.ts'
import { faultsSchema } from './faults.ts'
import { profileSchema } from './profile.ts'

const hex = z.string().regex(/^([0-9A-F]{2})+$/, 'expected bytes in upper-case hexadecimal')

export const imageSchema = z.strictObject({
  profile: profileSchema,
  /** Values of the data objects that the issuer gave, by tag, in hexadecimal. */
  personalised: z.record(hex, hex),
  /** In hexadecimal: 16 bytes, or PKCS#8 DER. */
  key: z.strictObject({ algorithm: z.enum(ALGORITHMS), value: hex }),
  /** Application transaction counter of the last transaction; 0 for a new card. */
  atc: z.int().min(0).max(0xffff),
  faults: faultsSchema,
})

/**
 * A personalised card as JSON. It holds the card key: only for the process that hosts the card, by a pipe; never for an argument, an
 * environment variable, a file or a log.
 */
export type CardImage = z.infer<typeof imageSchema>
