import { z } from 'zod'
import { KEY_KINDS } from './cryptogram.ts'
import { faultsSchema } from './faults.ts'
import { profileSchema } from './profile-schema.ts'

const hex = z.string().regex(/^([0-9A-F]{2})+$/, 'expected bytes in upper-case hexadecimal')
const values = z.record(hex, hex)

export const imageSchema = z.strictObject({
  profile: profileSchema,
  /** Values of the data objects that the issuer gave, by tag, in hexadecimal. */
  personalised: values,
  /** In hexadecimal: 16 bytes, or PKCS#8 DER. */
  key: z.strictObject({ algorithm: z.enum(KEY_KINDS), value: hex }),
  /** What cards have beyond Interledger's application; all in hexadecimal. */
  emv: z
    .strictObject({
      /** ICC master keys for the MAC and the encipherment of issuer scripts, 16 bytes each. */
      integrity: hex,
      confidentiality: hex,
      /** ICC master key for CVC3, 16 bytes. */
      cvc3: hex.optional(),
      /** RSA private keys, PKCS#8 DER. */
      card: hex.optional(),
      pin: hex.optional(),
      /** Values that an application has for itself, by AID: certificates and signatures over its own records. */
      certified: z.record(hex, values),
    })
    .optional(),
  /** Application transaction counter of the last transaction; 0 for a new card. */
  atc: z.int().min(0).max(0xffff),
  faults: faultsSchema,
})

/**
 * A personalised card as JSON. It holds the card key: only for the process that hosts the card, by a pipe; never for an argument, an
 * environment variable, a file or a log.
 */
export type CardImage = z.infer<typeof imageSchema>
