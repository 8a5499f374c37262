import { z } from 'zod'
import { fromHex } from '../../../protocols/bytes/bytes.ts'

const bytesOf = (length: number) =>
  z
    .string()
    .regex(new RegExp(`^([0-9A-Fa-f]{2}){${length}}$`), `expected ${length} bytes in hexadecimal`)
    .transform(fromHex)

const aid = z
  .string()
  .regex(/^([0-9A-Fa-f]{2}){5,16}$/, 'expected 5 to 16 bytes in hexadecimal')
  .transform((text) => text.toUpperCase())

const dol = z
  .string()
  .regex(/^([0-9A-Fa-f]{2})*$/, 'expected a data object list in hexadecimal')
  .transform(fromHex)

const amount = z.int().min(0).max(999_999_999_999).transform(BigInt)
/** Units of 100 µs, two bytes. */
const relayTime = z.int().min(0).max(0xffff)

/** Limits of one combination before a card is there, Book B, 3.1.1; amounts in minor units, null: not configured. */
const entryPointLimits = z.strictObject({
  statusCheck: z.boolean().default(false),
  zeroAmountAllowed: z.boolean().default(false),
  transactionLimit: amount.nullable().default(null),
  floorLimit: amount.nullable().default(null),
  /** 9F1B: used when there is no `floorLimit`. */
  terminalFloorLimit: amount.nullable().default(null),
  cvmRequiredLimit: amount.nullable().default(null),
  /** 9F66, for kernels that have it (Book A, 5.7); kernel 2 has not. */
  ttq: bytesOf(4).nullable().default(null),
})

export type EntryPointLimits = z.output<typeof entryPointLimits>

/** Book C-2, 3.10 and Annex A (DF8132 to DF8137); the defaults are those of Book C-2, 4.2. */
const relayResistance = z.strictObject({
  minimumGrace: relayTime.default(0x0014),
  maximumGrace: relayTime.default(0x0032),
  commandTime: relayTime.default(0x0012),
  responseTime: relayTime.default(0x0018),
  accuracyThreshold: relayTime.default(0x012c),
  mismatchPercent: z.int().min(0).max(100).default(0x32),
})

/** Configuration data objects of kernel 2, Book C-2, Annex A; amounts in minor units. */
const kernel2 = z.strictObject({
  /** 9F09. */
  applicationVersion: bytesOf(2),
  /** 9F6D. */
  magStripeVersion: bytesOf(2),
  /** DF8117: byte 1 of the Terminal Capabilities. */
  cardDataInput: bytesOf(1),
  /** DF8118 and DF8119: byte 2 of the Terminal Capabilities above and up to the CVM required limit. */
  cvmRequired: bytesOf(1),
  noCvmRequired: bytesOf(1),
  /** DF811F: byte 3 of the Terminal Capabilities. */
  security: bytesOf(1),
  /** DF811E and DF812C: what a mag-stripe transaction asks of the cardholder. */
  magStripeCvmRequired: bytesOf(1),
  magStripeNoCvmRequired: bytesOf(1),
  /** DF811B. */
  configuration: bytesOf(1),
  /** DF8123 to DF8126. */
  floorLimit: amount,
  transactionLimit: amount,
  transactionLimitOnDevice: amount,
  cvmRequiredLimit: amount,
  /** DF8121, DF8122, DF8120. */
  tac: z.strictObject({ denial: bytesOf(5), online: bytesOf(5), default: bytesOf(5) }),
  /** DF811D: 0 keeps no torn transactions. */
  tornRecords: z.int().min(0).max(255),
  /** DF811C, seconds. */
  tornLifetimeSeconds: z.int().min(0).max(0xffff).default(300),
  /** DF811A. */
  defaultUdol: dol.default(fromHex('9F6A04')),
  /** DF812D, milliseconds. */
  messageHoldMs: z.int().min(0).multipleOf(100).default(1300),
  /** DF8104 and DF8105: whether the balance is read before and after GENERATE AC. */
  balance: z
    .strictObject({ before: z.boolean(), after: z.boolean() })
    .default({ before: false, after: false }),
  /** 9F7E. */
  mobileSupport: bytesOf(1).default(fromHex('01')),
  relayResistance: relayResistance.prefault({}),
})

export type Kernel2Configuration = z.output<typeof kernel2>

const combination = z.strictObject({
  /** Also matches longer names that begin with it. */
  aid,
  /** Kernel that the combination is for; this terminal has kernel 2. */
  kernel: z.literal(2),
  /** Whether 9F29 of the card's directory is added to the name in SELECT, Book B, 3.3.3. */
  extendedSelection: z.boolean().default(false),
  entryPoint: entryPointLimits.prefault({}),
  kernel2,
})

/** What a reader takes, Book B, 2.1: a kernel for an AID. */
export type Combination = z.output<typeof combination>

/** The `contactless` part of a terminal profile. */
export const contactlessProfile = z.strictObject({
  /** Whether the cardholder has a contact reader or a stripe reader beside this one. */
  otherInterface: z.boolean().default(true),
  /** In the order of the terminal's preference. */
  combinations: z.array(combination).min(1),
})

export type ContactlessProfile = z.output<typeof contactlessProfile>
