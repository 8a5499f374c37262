import { hasLuhnDigit } from '../../protocols/emv/pan.ts'
import { findAll } from './find-all.ts'

/** Something that must be in no output: key bytes or a PIN block in `bytes`, a PAN in `digits`. */
export type Secret = { name: string; bytes: Uint8Array } | { name: string; digits: string }

/** Where a secret was found. The secret itself is not repeated. */
export interface Finding {
  name: string
  /** How it was written: `hex`, `base64`, `raw bytes`, `digits` … */
  form: string
  /** Where it begins, in bytes. */
  offset: number
}

/** What is written of a secret: text to look for, in a form's own spelling; lower case where case does not matter. */
interface Spelling {
  form: string
  text: string
  ignoreCase?: true
}

/**
 * Looks for secrets in a file of a run. Known ones are found in every common spelling: raw, hexadecimal (also with blanks or colons between
 * bytes), base64 and base64url at any alignment, JSON of a buffer or typed array. Unknown PANs are found as runs of 13 to 19 digits
 * that pass the Luhn check, also in groups of four, and behind the tags 5A and 57 in hexadecimal. Throws a RangeError for a secret of
 * less than 4 bytes or 8 digits: it would be found everywhere.
 */
export function findSecrets(content: string | Uint8Array, secrets: readonly Secret[]): Finding[] {
  // One character a byte, so that offsets are bytes and key bytes can be looked for as they are.
  const text = Buffer.from(content as string).toString('latin1')
  return [...findKnown(text, secrets), ...findPans(text)].sort((a, b) => a.offset - b.offset)
}

function findKnown(text: string, secrets: readonly Secret[]): Finding[] {
  const all = secrets.flatMap((secret) =>
    spellings(secret).map((spelling) => ({ ...spelling, name: secret.name })),
  )
  const [anyCase, exact] = [
    all.filter(({ ignoreCase }) => ignoreCase),
    all.filter(({ ignoreCase }) => !ignoreCase),
  ]
  return [...findSpellings(text, exact), ...findSpellings(text.toLowerCase(), anyCase)]
}

function findSpellings(text: string, wanted: readonly (Spelling & { name: string })[]): Finding[] {
  const offsets = findAll(
    text,
    wanted.map(({ text }) => text),
  )
  return wanted.flatMap(({ name, form, text }) => {
    const offset = offsets.get(text)
    return offset === undefined ? [] : [{ name, form, offset }]
  })
}

function spellings(secret: Secret): Spelling[] {
  const [length, least] = 'bytes' in secret ? [secret.bytes.length, 4] : [secret.digits.length, 8]
  if (length < least)
    throw new RangeError(
      `expected at least ${least} bytes or digits of the secret "${secret.name}", got ${length}`,
    )
  if ('bytes' in secret) return ofBytes(Buffer.from(secret.bytes))
  const { digits } = secret
  const groups = digits.match(/\d{1,4}/g) ?? []
  return [
    { form: 'digits', text: digits },
    { form: 'grouped digits', text: groups.join(' ') },
    { form: 'grouped digits', text: groups.join('-') },
    ...ofBytes(Buffer.from(digits, 'latin1')).filter(({ form }) => form !== 'raw bytes'),
    ...(digits.length % 2 === 0
      ? ofBytes(Buffer.from(digits, 'hex')).filter(({ form }) => form !== 'hex')
      : []),
  ]
}

function ofBytes(bytes: Buffer): Spelling[] {
  const hex = bytes.toString('hex')
  const pairs = hex.match(/../g) ?? []
  const numbers = [...bytes]
  return [
    { form: 'raw bytes', text: bytes.toString('latin1') },
    { form: 'hex', text: hex, ignoreCase: true },
    { form: 'hex', text: pairs.join(' '), ignoreCase: true },
    { form: 'hex', text: pairs.join(':'), ignoreCase: true },
    ...base64(bytes).flatMap((text): Spelling[] => [
      { form: 'base64', text },
      { form: 'base64url', text: text.replaceAll('+', '-').replaceAll('/', '_') },
    ]),
    { form: 'list of numbers', text: numbers.join(',') },
    { form: 'list of numbers', text: numbers.join(', ') },
    { form: 'typed array', text: numbers.map((value, index) => `"${index}":${value}`).join(',') },
  ]
}

// Inside a longer base64 text a byte string begins at one of three places of a group of four characters; the characters that it
// shares with its neighbours are left out.
function base64(bytes: Buffer): string[] {
  return [0, 1, 2].map((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = lead === 0 ? 0 : lead + 1
    const last = ((lead + bytes.length) * 8) % 6 === 0 ? text.length : text.length - 1
    return text.slice(first, last)
  })
}

// A run writes a million hexadecimal digits of ciphertexts, signatures and keys, in which a tag, a length and digits come by chance once in a hundred
// runs. Therefore also what is beside a PAN in a card's data has to be there: after 5A the end, a tag of a record or 90 00 (EMV Book 3, Annex A), in
// 57 a month and a service code (ISO/IEC 7813).
const AFTER_5A = '(?=[^0-9A-F]|$|57|5F|8[CDEF]|9F|90)'

// ISO/IEC 7812-1: 13 to 19 digits. First digits 0 and 1 are no payment cards, but every timestamp of our time begins with 1. Bare digits that
// go on hidden are tags, lengths and the beginning of a truncated PAN. The 8 bytes of a span's id in a traceparent (W3C Trace Context, 3.2) are
// decimal digits that pass the check once in some 20,000 taps.
const PAN_FORMS: readonly (readonly [form: string, pattern: RegExp])[] = [
  ['digits', /(?<![\w]|\d\.|\b00-[0-9a-f]{32}-)[2-9]\d{12,18}(?![\w*]|\.\d)/g],
  ['grouped digits', /(?<![\w-])[2-9]\d{3}([ -])\d{4}\1\d{4}\1\d{1,7}(?![\w-])/g],
  ['hex, tag 5A', new RegExp(`(?<=5A0[789A])[2-9]\\d{12,18}(?=F${AFTER_5A})`, 'gi')],
  [
    'hex, tag 5A',
    new RegExp(`(?:(?<=5A07)[2-9]\\d{13}|(?<=5A08)[2-9]\\d{15}|(?<=5A09)[2-9]\\d{17})${AFTER_5A}`, 'gi'),
  ],
  ['hex, tag 57', /(?<=57[01][0-9A-F])[2-9]\d{12,18}(?=D\d\d(?:0[1-9]|1[0-2])\d{3})/gi],
]

const SPACED_HEX = /(?:(?:[0-9A-F]{2}|\*\*)[ :]){6,}(?:[0-9A-F]{2}|\*\*)/gi

function findPans(text: string): Finding[] {
  const spaced = [...text.matchAll(SPACED_HEX)].flatMap(({ 0: dump, index }) =>
    pansIn(dump.replace(/[ :]/g, ''), text).map((finding) => ({ ...finding, offset: index })),
  )
  return [...pansIn(text, text), ...spaced]
}

function pansIn(piece: string, text: string): Finding[] {
  return PAN_FORMS.flatMap(([form, pattern]) =>
    [...piece.matchAll(pattern)]
      .filter(([match]) => isPan(match.replace(/\D/g, ''), text))
      .map(({ index }) => ({ name: 'PAN', form, offset: index })),
  )
}

// One cryptogram in some 20,000 consists of decimal digits that pass the check: it is known by its tag elsewhere in the file, or, when a
// scenario changed it on the way, by its name in the request.
function isPan(digits: string, text: string): boolean {
  if (!hasLuhnDigit(digits)) return false
  const pairs = digits.replace(/..(?=.)/g, '$& ')
  const tagged = text.includes(`9F2608${digits}`) || text.includes(`9F 26 08 ${pairs}`)
  return !tagged && !new RegExp(`signature(?:&quot;|[\\\\": ]){1,8}${digits}`).test(text)
}
