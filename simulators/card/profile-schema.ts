import { z } from 'zod'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { AC_ELEMENTS } from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import { parseDol } from '../../protocols/tlv/dol.ts'
import { CRYPTOGRAM_FAMILIES, CRYPTOGRAM_NAMES } from './cryptogram.ts'
import { ANSWER_FAULTS } from './faults.ts'

/** Tags that the card works out itself, so that a profile may list them without giving a value. */
const COMPUTED = {
  processingOptions: ['94', '9F36'],
  cryptogram: ['9F27', '9F36', '9F26'],
  getData: ['9F36', '9F13', '9F17', '9F50'],
}
/** The same of EMV's own families, which have Issuer Application Data. */
const EMV_COMPUTED = [...COMPUTED.cryptogram, '9F10']
/** What the card itself puts into the cryptogram. */
const OWN_ELEMENTS = ['82', '9F36']

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
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
  error: 'expected true or false',
})
const digits = (least: number, most: number) =>
  z.string().regex(new RegExp(`^[0-9]{${least},${most}}$`), `expected ${least} to ${most} digits`)

const recordSchema = z.strictObject({
  sfi: number(1, 30),
  record: number(1, 255),
  tags: z.array(tag).min(1),
  /** Takes part in offline data authentication; such records come first in their file. */
  authenticated: flag.default(false),
})

/** Card risk management: what makes the card ask for more than the terminal does. EMV 4.4 Book 3, 9.3 leaves it to the payment system. */
const riskSchema = z.strictObject({
  alwaysOnline: flag.default(false),
  /** Amount (minor units) from which on the card wants to go online. */
  floor: number(0, 999_999_999_999).optional(),
  /** Amount from which on it declines. */
  ceiling: number(0, 999_999_999_999).optional(),
  /** Transactions in a row without the issuer, after which it wants to go online. */
  lower: number(0, 255).optional(),
  /** The same, after which it declines when the terminal cannot. */
  upper: number(0, 255).optional(),
  /** Amount (minor units) that can be spent in a row without the issuer; above it, it declines when the terminal cannot go online. */
  upperAmount: number(0, 999_999_999_999).optional(),
  /** What it does when the terminal could not go online and no limit is passed. */
  unableOnline: z.enum(['approve', 'decline']).default('decline'),
  /** Declines when the issuer was not authenticated. */
  issuerAuthentication: z.enum(['mandatory', 'optional']).default('optional'),
})

const pathSchema = z.strictObject({
  /** Taken when all bits of the mask are set in what the terminal gave for this tag of the PDOL. */
  when: z.strictObject({ tag, mask: hex }),
  /** Values that replace the application's, 82 and 94 among them. */
  data: z.record(tag, value).default({}),
  /** With 9F26 among them, the card makes its cryptogram over the PDOL data and the transaction is done. */
  processingOptions: z.array(tag),
})

const applicationSchema = z
  .strictObject({
    /** Application identifier, ISO/IEC 7816-5: 5 to 16 bytes. */
    aid: bytes(5, 16),
    label: z.string().regex(/^[A-Za-z0-9 ]{1,16}$/, 'expected 1 to 16 letters, digits and blanks'),
    priority: number(1, 15),
    /** Begins its life blocked by the issuer. */
    blocked: flag.default(false),
    pdol: dol.optional(),
    /** Tags of the FCI beside label, priority and PDOL; then those in its issuer discretionary data (BF0C). */
    fci: z.array(tag).default([]),
    discretionary: z.array(tag).default([]),
    /** Tags of its entry in PSE or PPSE beside name, label and priority. */
    entry: z.array(tag).default([]),
    data: z.record(tag, value),
    personalised: z.array(tag),
    /** How GPO, INTERNAL AUTHENTICATE and GENERATE AC answer: template 80 (1) or 77 (2). */
    format: number(1, 2).default(2),
    processingOptions: z.array(tag),
    paths: z.array(pathSchema).default([]),
    records: z.array(recordSchema),
    getData: z.array(tag).default(['9F36']),
    putData: z.array(tag).default([]),
    generateAc: z.strictObject({
      cryptogram: z.enum(CRYPTOGRAM_NAMES),
      /** Values of P1; absent: those of EMV 4.4 Book 3, 6.5.5.2. */
      requests: z.array(bytes(1, 1)).min(1).optional(),
      answer: z.array(tag).min(1),
    }),
    risk: riskSchema.prefault({}),
    /** Offline PIN. */
    pin: z
      .strictObject({
        value: digits(4, 12),
        tries: number(1, 15).default(3),
        plaintext: flag.default(true),
      })
      .optional(),
    /** How many torn transactions the card can tell again (EMV Contactless Book C-2, RECOVER AC). */
    tornLog: number(0, 8).default(0),
    /** Times in hundreds of microseconds that EXCHANGE RELAY RESISTANCE DATA tells. */
    relayResistance: z
      .strictObject({ shortest: bytes(2, 2), longest: bytes(2, 2), transmission: bytes(2, 2) })
      .optional(),
  })
  .superRefine((application, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const given = [...Object.keys(application.data), ...application.personalised]
    const need = (tags: readonly string[], known: readonly string[], path: (string | number)[]) => {
      const missing = tags.find((name) => !known.includes(name))
      if (missing !== undefined) issue(path, `expected ${missing} to be in data or personalised`)
    }
    const { family } = CRYPTOGRAM_FAMILIES[application.generateAc.cryptogram]
    const cryptogram = family === null ? COMPUTED.cryptogram : EMV_COMPUTED
    need(application.processingOptions, [...given, ...COMPUTED.processingOptions], ['processingOptions'])
    need(application.generateAc.answer, [...given, ...cryptogram], ['generateAc', 'answer'])
    for (const list of ['fci', 'discretionary', 'entry'] as const) need(application[list], given, [list])
    need(application.getData, [...given, ...COMPUTED.getData], ['getData'])
    need(application.putData, given, ['putData'])
    for (const [index, path] of application.paths.entries()) {
      const known = [...given, ...Object.keys(path.data), ...COMPUTED.processingOptions, ...cryptogram]
      need(path.processingOptions, known, ['paths', index, 'processingOptions'])
    }
    if (!isDol(application.data['8C'] ?? '')) issue(['data', '8C'], `expected ${A_DOL}`)
    for (const name of ['8D', '9F49', '9F4F', '9F51', '9F69'])
      if (application.data[name] !== undefined && !isDol(application.data[name]))
        issue(['data', name], `expected ${A_DOL}`)
    for (const [index, { tags }] of application.records.entries())
      need(tags, given, ['records', index, 'tags'])
    checkRecords(application.records, issue)
    if (family !== null) checkElements(application, issue)
  })

type Issue = (path: (string | number)[], message: string) => void

/** The key pairs of `fixtures/keys/rsa.json`, by the bits of their modulus. */
const pkiSchema = z.strictObject({
  authority: z.enum(['1152', '1408', '1984']),
  /** With 1984 for SDA alone: the card's certificate, as long as this key, would not fit into a record (EMV 4.4 Book 2, Annex D). */
  issuer: z.enum(['1152', '1408', '1976', '1984']),
  /** The card's own, for DDA and CDA; no longer than the issuer's. With 1976 for DDA alone: the signed answer to GENERATE AC would be over 256 bytes. */
  card: z.enum(['1024', '1152', '1408', '1640', '1976']).optional(),
  /** For enciphered PIN. */
  pin: z.enum(['1024']).optional(),
  /** MMYY, of all certificates. By default later than any card expires, so that an expired card fails for that alone. */
  expiry: digits(4, 4).default('1249'),
})

const holderSchema = z.strictObject({
  pan: digits(13, 19).optional(),
  sequence: digits(2, 2).default('01'),
  /** YYMMDD. */
  expiry: digits(6, 6).default('491231'),
  effective: digits(6, 6).default('250101'),
  serviceCode: digits(3, 3).default('201'),
  name: z
    .string()
    .regex(/^[A-Z ./]{2,26}$/, 'expected 2 to 26 capital letters, blanks, . and /')
    .default('TEST CARD/TAPBENCH'),
})

/** Issuer master keys with published values, for cards that no issuer of the bench knows. */
const testKeysSchema = z.strictObject({
  cryptogram: bytes(16, 16),
  integrity: bytes(16, 16),
  confidentiality: bytes(16, 16),
  cvc3: bytes(16, 16).optional(),
})

const profileFaultsSchema = z.strictObject({
  corrupt: z.array(tag).optional(),
  tearBefore: number(1, 1000).optional(),
  delayMs: number(1, 60_000).optional(),
  answers: z
    .record(bytes(1, 261), z.union([z.enum(ANSWER_FAULTS), z.strictObject({ raw: bytes(2, 258) })]))
    .optional(),
})

export const profileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/, 'expected lower-case letters, digits and -'),
  /** Answer to reset, ISO 7816-3. */
  atr: bytes(2, 33),
  /** Where a terminal finds the applications: PPSE of contactless cards, PSE of contact cards. */
  directory: z.enum(['ppse', 'pse', 'none']).default('ppse'),
  applications: z.array(applicationSchema).min(1, 'expected an application'),
  testKeys: testKeysSchema.optional(),
  pki: pkiSchema.optional(),
  holder: holderSchema.prefault({}),
  faults: profileFaultsSchema.prefault({}),
})

/** What a kind of card is before it is personalised. All byte values are upper-case hexadecimal, so that it travels as JSON. */
export type CardProfile = z.infer<typeof profileSchema>
export type ApplicationProfile = CardProfile['applications'][number]

const MAY_BE_INHERITED: readonly unknown[] = [profileSchema, applicationSchema]

/** JSON Schema of a profile as an editor reads it: scalars as YAML takes them, and what a profile that extends another may leave out. */
export function profileJsonSchema(): object {
  const schema = z.toJSONSchema(profileSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // 94 and 0102 are numbers to an editor.
      if (jsonSchema.type === 'string' && jsonSchema.enum === undefined)
        Object.assign(jsonSchema, { type: ['string', 'number'] })
      if (MAY_BE_INHERITED.includes(zodSchema)) delete jsonSchema.required
    },
  })
  const { properties, ...rest } = schema
  const inherited = { type: 'string', description: 'name of the profile that this one changes' }
  return { ...rest, properties: { extends: inherited, ...properties } }
}

/** An AFL can only tell of records of a file that follow each other, the authenticated ones first. */
function checkRecords(records: ApplicationProfile['records'], issue: Issue): void {
  const last = new Map<number, ApplicationProfile['records'][number]>()
  for (const [index, entry] of records.entries()) {
    const before = last.get(entry.sfi)
    const path = ['records', index]
    if (before !== undefined && entry.record !== before.record + 1)
      issue([...path, 'record'], `expected record ${before.record + 1} of SFI ${entry.sfi} to be next`)
    if (before?.authenticated === false && entry.authenticated)
      issue([...path, 'authenticated'], 'expected authenticated records before the others of their file')
    last.set(entry.sfi, entry)
  }
}

/** EMV 4.4 Book 2, 8.1.1: the terminal must be asked for everything that enters the cryptogram. */
function checkElements({ data, pdol, paths }: ApplicationProfile, issue: Issue): void {
  const early = entriesOf(pdol)
  const known = new Map([...early, ...entriesOf(data['8C'])])
  const inGpo = paths.some(({ processingOptions }) => processingOptions.includes('9F26'))
  for (const [name, length] of AC_ELEMENTS.filter(([name]) => !OWN_ELEMENTS.includes(name))) {
    if (known.get(name) !== length)
      issue(['data', '8C'], `expected ${name} of ${length} bytes in CDOL1 or PDOL`)
    if (inGpo && early.get(name) !== length) issue(['pdol'], `expected ${name} of ${length} bytes`)
    const again = entriesOf(data['8D']).get(name)
    if (again !== undefined && again !== length) issue(['data', '8D'], `expected ${name} of ${length} bytes`)
  }
}

function entriesOf(list = ''): Map<string, number> {
  if (!isDol(list)) return new Map()
  return new Map(parseDol(fromHex(list)).map(({ tag, length }) => [tag, length]))
}

function isDol(list: string): boolean {
  try {
    return parseDol(fromHex(list)).length > 0
  } catch {
    return false
  }
}
