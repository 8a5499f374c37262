import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { DUKPT_NAMES } from '../../protocols/dukpt/schemes.ts'
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
    /** ISO 9564-1 format of PINs for the issuer: 4, with AES, or 0, with triple DES. */
    pinBlockFormat: z.union([z.literal(0), z.literal(4)]).default(4),
    /** Which DUKPT its keys are of: AES (X9.24-3), or TDES (X9.24-1), which has no format 4. */
    dukpt: z.enum(DUKPT_NAMES).default('AES'),
    /** What every EMV kernel needs; without it the terminal takes Interledger cards alone. */
    emv: emvSettings.optional(),
    /** The contact kernel; without it there is none. */
    contact: contactSettings.optional(),
    /** The contactless kernels; without them contactless cards are Interledger's alone. */
    contactless: contactlessProfile.optional(),
  })
  .refine(({ dukpt, pinBlockFormat }) => dukpt === 'AES' || pinBlockFormat === 0, {
    path: ['pinBlockFormat'],
    message: 'expected 0 beside "dukpt: TDES"',
  })
  .refine(({ emv, contact, contactless }) => emv !== undefined || (contact ?? contactless) === undefined, {
    path: ['emv'],
    message: 'expected it beside "contact" and "contactless", it is missing',
  })

/** How a terminal is set up; hexadecimal is upper case. */
export type TerminalProfile = z.infer<typeof terminalProfile>

/** A terminal profile that cannot be used; each line of the message names file, key and what was expected. */
export class TerminalProfileError extends Error {
  override name = 'TerminalProfileError'
}

const FOLDER = join(import.meta.dirname, '../../fixtures/terminals')

/** Checks a profile; `file` is for messages. Throws {@link TerminalProfileError}. */
export function parseTerminalProfile(value: unknown, file: string): TerminalProfile {
  const read = terminalProfile.safeParse(value)
  if (read.success) return read.data
  const faults = read.error.issues.map(
    ({ path, message }) => `${file}: ${path.join('.') || 'profile'}: ${message}`,
  )
  throw new TerminalProfileError(faults.join('\n'))
}

/** Reads a profile by name, or by path when it has a slash or ends in `.yaml`. Throws {@link TerminalProfileError}. */
export async function loadTerminalProfile(nameOrPath: string): Promise<TerminalProfile> {
  const { file, value } = await readTerminalFile(nameOrPath)
  return parseTerminalProfile(value, file)
}

/** What the file of a profile holds, unchecked; its name is for messages. Throws {@link TerminalProfileError}. */
export async function readTerminalFile(nameOrPath: string): Promise<{ file: string; value: unknown }> {
  const file = /[/\\]|\.yaml$/.test(nameOrPath) ? nameOrPath : join(FOLDER, `${nameOrPath}.yaml`)
  const text = await readFile(file, 'utf8').catch(async (cause: unknown) => {
    const names = (await readdir(FOLDER)).map((name) => name.replace(/\.yaml$/, ''))
    throw new TerminalProfileError(
      `expected a terminal profile, one of ${names.join(', ')} or a path, got "${nameOrPath}"`,
      { cause },
    )
  })
  return { file, value: readYaml(text, file) }
}

function readYaml(text: string, file: string): unknown {
  try {
    return parse(text, { merge: true })
  } catch (error) {
    throw new TerminalProfileError(`${file}: expected YAML, got: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function isPayable(url: string): boolean {
  try {
    return toPaymentPointer(url).length <= ADDRESS_BYTES
  } catch (error) {
    if (error instanceof PaymentPointerError) return false
    throw error
  }
}
