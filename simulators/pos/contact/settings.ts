import { z } from 'zod'
import { hexOf } from '../hex-of.ts'

const percentage = z.number().int().min(0).max(99)

// EMV 4.4 Book 3, 10.7: bits in the form of the TVR.
const actionCodes = z.strictObject({ denial: hexOf('5'), online: hexOf('5'), default: hexOf('5') })

const contactApplication = z
  .strictObject({
    aid: hexOf('5,16'),
    /** Application Selection Indicator: also takes longer names that begin with the AID (EMV 4.4 Book 1, 12.3.1). */
    partial: z.boolean().default(true),
    /** 9F09. */
    version: hexOf('2'),
    actionCodes,
    /** Minor units; a transaction of so much or more goes online (Book 3, 10.6.1). */
    floorLimit: z.number().int().min(0).max(0xffffffff),
    /** Random transaction selection below the floor limit, Book 3, 10.6.2. */
    randomSelection: z
      .strictObject({
        /** Percent of transactions under the threshold. */
        target: percentage,
        /** Percent of transactions just under the floor limit. */
        maximum: percentage,
        /** Minor units. */
        threshold: z.number().int().min(0),
      })
      .refine(({ target, maximum }) => target <= maximum, 'expected a target of at most the maximum'),
    /** Default DDOL, Book 2, 6.5.1: it has to ask for 9F37. */
    ddol: hexOf('0,252').default('9F3704'),
    /** Default TDOL, Book 3, 9.2.2. */
    tdol: hexOf('0,252').default(''),
  })
  .refine(
    ({ randomSelection, floorLimit }) => randomSelection.threshold <= floorLimit,
    'expected a threshold of at most the floor limit',
  )

/** A terminal's contact kernel. */
export const contactSettings = z.strictObject({
  /** Whether the cardholder can choose and confirm an application (9F40 says the same to a test laboratory). */
  cardholderSelection: z.boolean().default(false),
  applications: z.array(contactApplication).min(1),
})

export type ContactSettings = z.infer<typeof contactSettings>
export type ContactApplication = z.infer<typeof contactApplication>
