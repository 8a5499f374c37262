import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { parseDol } from '../../protocols/tlv/dol.ts'
import { CRYPTOGRAM_FAMILIES } from './cryptogram.ts'

/** Tags that the card works out itself, so that a profile may list them without giving a value. */
const COMPUTED = { processingOptions: ['94', '9F36'], generateAc: ['9F27', '9F36', '9F26'] }

const hex = z.string().transform((text, context) => {
  const digits = text.replace(/\s+/g, '').toUpperCase()
  if (/^([0-9A-F]{2})+$/.test(digits)) return digits
  context.addIssue({ code: 'custom', message: 'expected bytes in hexadecimal' })
  return z.NEVER
})
const bytes = (least: number, most: number) =>
  hex.refine((digits) => digits.length >= 2 * least && digits.length <= 2 * most, {
    error: least === most ? `expected ${least} bytes` : `expected ${least} to ${most} bytes`,
  })
const tag = bytes(1, 3)
const text = z
  .strictObject({ text: z.string().regex(/^[\x20-\x7E]+$/, 'expected printable ASCII') })
  .transform(({ text }) => toHex(Buffer.from(text, 'ascii')))
const value = z.union([hex, text], { error: 'expected bytes in hexadecimal or { text: … }' })
const A_DOL = 'a data object list: tags, each with a length byte'
const dol = hex.refine(isDol, `expected ${A_DOL}`)
const number = (least: number, most: number) =>
  z.coerce
    .number('expected a number')
    .int('expected a whole number')
    .min(least, `expected at least ${least}`)
    .max(most, `expected at most ${most}`)

const applicationSchema = z
  .strictObject({
    /** Application identifier, ISO/IEC 7816-5: 5 to 16 bytes. */
    aid: bytes(5, 16),
    label: z.string().regex(/^[A-Za-z0-9 ]{1,16}$/, 'expected 1 to 16 letters, digits and blanks'),
    priority: number(1, 15),
    pdol: dol.optional(),
    data: z.record(tag, value),
    personalised: z.array(tag),
    processingOptions: z.array(tag),
    records: z.array(
      z.strictObject({ sfi: number(1, 30), record: number(1, 255), tags: z.array(tag).min(1) }),
    ),
    generateAc: z.strictObject({
      cryptogram: z.enum(Object.keys(CRYPTOGRAM_FAMILIES) as [keyof typeof CRYPTOGRAM_FAMILIES]),
      requests: z.array(bytes(1, 1)).min(1),
      answer: z.array(tag).min(1),
    }),
  })
  .superRefine((application, context) => {
    const given = [...Object.keys(application.data), ...application.personalised]
    const need = (tags: readonly string[], known: readonly string[], path: (string | number)[]) => {
      const missing = tags.find((name) => !known.includes(name))
      if (missing !== undefined)
        context.addIssue({
          code: 'custom',
          path,
          message: `expected ${missing} to be in data or personalised`,
        })
    }
    need(application.processingOptions, [...given, ...COMPUTED.processingOptions], ['processingOptions'])
    need(application.generateAc.answer, [...given, ...COMPUTED.generateAc], ['generateAc', 'answer'])
    if (!isDol(application.data['8C'] ?? ''))
      context.addIssue({ code: 'custom', path: ['data', '8C'], message: `expected ${A_DOL}` })
    for (const [index, { tags }] of application.records.entries())
      need(tags, given, ['records', index, 'tags'])
    checkNumbering(application.records, context)
  })

export const profileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/, 'expected lower-case letters, digits and -'),
  /** Answer to reset, ISO 7816-3. */
  atr: bytes(2, 33),
  applications: z.array(applicationSchema).min(1, 'expected an application'),
})

/** What a kind of card is before it is personalised. All byte values are upper-case hexadecimal, so that it travels as JSON. */
export type CardProfile = z.infer<typeof profileSchema>
export type ApplicationProfile = CardProfile['applications'][number]

/** A card profile that cannot be used; each line of the message names file, key and what was expected. */
export class CardProfileError extends Error {
  override name = 'CardProfileError'
}

const FOLDER = join(import.meta.dirname, '../../fixtures/cards')

/** Names of the profiles in `fixtures/cards`. */
export function listCardProfiles(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
}

/** Reads a profile by name, or by path when it has a slash or ends in `.yaml`. Throws {@link CardProfileError}. */
export function loadCardProfile(nameOrPath: string): CardProfile {
  const file = /[/\\]|\.yaml$/.test(nameOrPath) ? nameOrPath : join(FOLDER, `${nameOrPath}.yaml`)
  if (!existsSync(file))
    throw new CardProfileError(
      `expected a card profile, one of ${listCardProfiles().join(', ')} or a path, got "${nameOrPath}"`,
    )
  return parseCardProfile(readFileSync(file, 'utf8'), file)
}

/** Reads the YAML of a profile; `file` is for messages. Throws {@link CardProfileError}. */
export function parseCardProfile(yaml: string, file: string): CardProfile {
  const checked = profileSchema.safeParse(readYaml(yaml, file))
  if (checked.success) return checked.data
  const lines = checked.error.issues.map(
    ({ path, message }) => `${file}: ${path.join('.') || 'profile'}: ${message}`,
  )
  throw new CardProfileError(lines.join('\n'))
}

function readYaml(yaml: string, file: string): unknown {
  try {
    // All scalars are text: tag 57 is no number, and neither is 9E10.
    return parse(yaml, { schema: 'failsafe' })
  } catch (error) {
    throw new CardProfileError(`${file}: expected YAML, got: ${(error as Error).message}`, { cause: error })
  }
}

/** An AFL can only tell of records of a file that follow each other. */
function checkNumbering(records: readonly { sfi: number; record: number }[], context: z.RefinementCtx): void {
  const next = new Map<number, number>()
  for (const [index, { sfi, record }] of records.entries()) {
    const expected = next.get(sfi)
    if (expected !== undefined && record !== expected)
      context.addIssue({
        code: 'custom',
        path: ['records', index, 'record'],
        message: `expected record ${expected} of SFI ${sfi} to be next`,
      })
    next.set(sfi, record + 1)
  }
}

function isDol(digits: string): boolean {
  try {
    return parseDol(fromHex(digits)).length > 0
  } catch {
    return false
  }
}
