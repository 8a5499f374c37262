import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { ADDRESS_BYTES } from '../../protocols/interledger/application.ts'
import { PaymentPointerError, toPaymentPointer } from '../../protocols/interledger/payment-pointer.ts'
import { contactSettings } from './contact/settings.ts'
import { contactlessProfile } from './contactless/configuration.ts'
import { emvSettings } from './emv/settings.ts'
import { hexOf } from './hex-of.ts'

// The card signs it as a payment pointer in DF01.
const walletAddress = z
  .string()
  .refine(isPayable, `expected https://host/path, as a payment pointer at most ${ADDRESS_BYTES} characters`)

const terminalProfile = z
  .strictObject({
    /** Under which the merchant ASE has registered the terminal's key. */
    id: z.string().min(1).max(64),
    /** 9F35, EMV 4.4 Book 4, Annex A1. */
    type: hexOf('1'),
    /** 9F1A, ISO 3166 in BCD. */
    country: hexOf('2'),
    /** 9F66, EMV Contactless Book A, 5.7. */
    transactionQualifiers: hexOf('4'),
    /** Applications the terminal knows; one also matches longer names that begin with it. */
    aids: z.array(hexOf('5,16')).min(1),
    /** The merchant's wallet address for each currency. */
    wallets: z.record(z.string().regex(/^[A-Z]{3}$/, 'expected three capitals'), walletAddress),
    /** What every EMV kernel needs; without it the terminal takes Interledger cards alone. */
    emv: emvSettings.optional(),
    /** The contact kernel; without it there is none. */
    contact: contactSettings.optional(),
    /** The contactless kernels; without them contactless cards are Interledger's alone. */
    contactless: contactlessProfile.optional(),
  })
  .refine(({ emv, contact, contactless }) => emv !== undefined || (contact ?? contactless) === undefined, {
    path: ['emv'],
    message: 'expected it beside "contact" and "contactless", it is missing',
  })

/** How a terminal is set up; hexadecimal is upper case. */
export type TerminalProfile = z.infer<typeof terminalProfile>

/** Checks a profile. Throws an error that names `source` and each key that is wrong. */
export function parseTerminalProfile(value: unknown, source: string): TerminalProfile {
  const read = terminalProfile.safeParse(value)
  if (read.success) return read.data
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`)
  throw new Error(`terminal profile ${source}: ${faults.join('; ')}`)
}

/** Reads `fixtures/terminals/NAME.yaml`, or the file itself when `nameOrPath` ends with `.yaml`. Throws as {@link parseTerminalProfile}. */
export async function loadTerminalProfile(nameOrPath: string): Promise<TerminalProfile> {
  const location = nameOrPath.endsWith('.yaml')
    ? nameOrPath
    : new URL(`../../fixtures/terminals/${nameOrPath}.yaml`, import.meta.url)
  const text = await readFile(location, 'utf8').catch((error: unknown) => {
    throw new Error(
      `expected a terminal profile "${nameOrPath}" (a name in fixtures/terminals, or a .yaml file)`,
      {
        cause: error,
      },
    )
  })
  return parseTerminalProfile(parse(text, { merge: true }), nameOrPath)
}

function isPayable(url: string): boolean {
  try {
    return toPaymentPointer(url).length <= ADDRESS_BYTES
  } catch (error) {
    if (error instanceof PaymentPointerError) return false
    throw error
  }
}
