import { z } from 'zod'
import { hexOf } from '../hex-of.ts'

const digits = (from: number, to: number) =>
  z.string().regex(new RegExp(`^[0-9]{${from},${to}}$`), `expected ${from} to ${to} decimal digits`)

/** One key of a certification authority. */
export const caKey = z.strictObject({
  rid: hexOf('5'),
  index: hexOf('1'),
  modulus: hexOf('1,248'),
  exponent: hexOf('1,3'),
  /** YYMMDD, the last day of use. */
  expiry: hexOf('3').nullable(),
  checksum: hexOf('20'),
})

export type CaKey = z.infer<typeof caKey>

/** What every EMV kernel of a terminal needs: EMV 4.4 Book 4, Annex A, and the acquirer's lists. */
export const emvSettings = z.strictObject({
  /** 9F33, Book 4, A2: what it reads, how it verifies a cardholder, which offline data authentication it has. */
  capabilities: hexOf('3'),
  /** 9F40, Book 4, A3. */
  additionalCapabilities: hexOf('5'),
  /** 9F01. */
  acquirer: digits(6, 11),
  /** 9F15, ISO 18245. */
  merchantCategory: digits(4, 4),
  /** 9F16, 15 characters. */
  merchant: z.string().min(1).max(15),
  /** 9F1C, 8 characters. */
  terminal: z.string().length(8),
  /** 9F1E, 8 characters. */
  serialNumber: z.string().length(8),
  /** 9F4E. */
  nameAndLocation: z.string().min(1).max(40),
  /** Certification authority keys: each a key, or `fixtures/NAME.yaml`, or a file that ends with `.yaml`. */
  caKeys: z.array(z.union([caKey, z.string().min(1)])).default(['ca-keys']),
  /** Certification revocation list, Book 2, 5.1.2. */
  revokedCertificates: z
    .array(z.strictObject({ rid: hexOf('5'), index: hexOf('1'), serial: hexOf('3') }))
    .default([]),
  /** Terminal exception file, Book 4, 6.3.5; without a sequence number all cards of the account. */
  exceptionFile: z
    .array(z.strictObject({ pan: digits(8, 19), sequence: digits(2, 2).optional() }))
    .default([]),
})

export type EmvSettings = z.infer<typeof emvSettings>
