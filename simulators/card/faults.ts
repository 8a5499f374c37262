import { z } from 'zod'

const ins = z.string().regex(/^[0-9A-F]{2}$/, 'expected an instruction byte such as AE')

const command = z
  .string()
  .regex(/^([0-9A-F]{2})+$/, 'expected an instruction byte such as AE, or how a command begins such as 80AE')

/** What a broken answer looks like, made of the right one; see {@link Faults.answers}. */
export const ANSWER_FAULTS = ['empty', 'oversized', 'malformed'] as const

export const faultsSchema = z.strictObject({
  corruptCryptogram: z.boolean().optional(),
  freezeAtc: z.boolean().optional(),
  walletAddress: z.url().optional(),
  corrupt: z.array(z.string().regex(/^([0-9A-F]{2}){1,3}$/)).optional(),
  delayMs: z.int().min(1).optional(),
  tearBefore: z.int().min(1).optional(),
  tearInside: ins.optional(),
  answers: z
    .record(
      command,
      z.union([z.enum(ANSWER_FAULTS), z.strictObject({ raw: z.string().regex(/^([0-9A-F]{2}){2,}$/) })]),
    )
    .optional(),
})

/**
 * What is wrong with a card, as data for scenarios:
 *
 * - `corruptCryptogram`: one bit of every 9F26 is flipped
 * - `corrupt`: one bit of the values with these tags (hexadecimal) is flipped, in records and answers; signatures are made before
 * - `delayMs`: every answer comes so much later
 * - `freezeAtc`: GET PROCESSING OPTIONS does not count, so that the last ATC is used again
 * - `walletAddress`: tag C1 says this address (https) instead of the personalised one
 * - `tearBefore`: leaves the field at the n-th command since it was first put in (from 1), which it does not see
 * - `tearInside`: leaves the field in this instruction (hexadecimal), after its work and before its answer; once, so that it can be put back
 * - `answers`: by instruction (`AE`), or by how the command begins (`80AE50`), of which the longest counts: `empty` (status word alone), `oversized` (300 bytes of data, where a short command allows 256), `malformed`
 *   (the last byte is missing, so that a length reaches beyond the end), or `{ raw }`, a response APDU in hexadecimal
 */
export type Faults = z.infer<typeof faultsSchema>
