import { ALGORITHMS, CONTEXTS, EXPORTABILITY, goTogether, isProprietary, MODES, USAGES } from './codes.ts'
import {
  buildOptionalBlocks,
  hasItsForm,
  type OptionalBlock,
  parseOptionalBlocks,
} from './optional-blocks.ts'
import { refuse, type Tr31Reason } from './reasons.ts'
import { isVersion, VERSIONS, type VersionId } from './versions.ts'

/** What the header of a key block says (X9.143:2021, 6.2, table 1). */
export interface KeyBlockHeader {
  version: VersionId
  /** Two characters, {@link USAGES}. */
  usage: string
  /** One character, {@link ALGORITHMS}. */
  algorithm: string
  /** One character, {@link MODES}. */
  mode: string
  /** Two characters: `00` none, `c` and a character a component, otherwise the version of the key. */
  keyVersion: string
  /** One character, {@link EXPORTABILITY}. */
  exportability: string
  /** One character, {@link CONTEXTS}. */
  context: string
  /** In their order, PB among them where it was read. */
  optionalBlocks: readonly OptionalBlock[]
}

/** A rule that a block breaks though it can be read. */
export interface Irregularity {
  reason: Tr31Reason
  detail: string
}

/** Characters of the part without optional blocks. */
export const FIXED_HEADER = 16
const LONGEST_BLOCK = 9999
const MOST_BLOCKS = 99

type CodeTable = Readonly<Record<string, unknown>>
const FIELDS: readonly (readonly [reason: Tr31Reason, start: number, end: number, codes: CodeTable])[] = [
  ['usage', 5, 7, USAGES],
  ['algorithm', 7, 8, ALGORITHMS],
  ['mode', 8, 9, MODES],
  ['exportability', 11, 12, EXPORTABILITY],
]

/**
 * Reads the header of a whole key block, or of nothing but a header with its optional blocks; `length` is what it takes, characters.
 * Throws Refused. The length field is left to the caller: the header of a TR-34 token has a length of its own.
 */
export function readHeader(text: string): { header: KeyBlockHeader; length: number } {
  if (text.length < FIXED_HEADER || !/^[ -~]*$/.test(text))
    refuse('length', `expected at least ${FIXED_HEADER} printable ASCII characters`)
  const version = text.slice(0, 1)
  if (!isVersion(version)) return refuse('version', `expected one of ${Object.keys(VERSIONS).join('')}`)
  for (const [reason, start, end, codes] of FIELDS) checkCode(reason, text.slice(start, end), codes)
  if (!/^[0-9A-Za-z]{2}$/.test(text.slice(9, 11))) refuse('key-version', 'expected two letters or digits')
  if (!Object.hasOwn(CONTEXTS, text.slice(14, 15)) || text[15] !== '0')
    refuse('context', `expected one of ${Object.keys(CONTEXTS).join('')}, then 0`)
  const { blocks, length } = parseOptionalBlocks(text.slice(FIXED_HEADER), optionalCount(text.slice(12, 14)))
  return { header: fields(text, version, blocks), length: FIXED_HEADER + length }
}

/**
 * The text of a header in front of `rest` characters of encrypted key and MAC, with PB added where whole blocks need it. `random`: as in
 * wrap. Throws a RangeError when it would not be read back.
 */
export function buildHeader(
  header: KeyBlockHeader,
  rest: number,
  random: (length: number) => Uint8Array,
): string {
  const { text, count } = buildOptionalBlocks(header.optionalBlocks, VERSIONS[header.version].block, random)
  const total = FIXED_HEADER + text.length + rest
  if (total > LONGEST_BLOCK || count > MOST_BLOCKS)
    throw new RangeError(
      `expected a key block of at most ${LONGEST_BLOCK} characters and ${MOST_BLOCKS} optional blocks, got ${total} and ${count}`,
    )
  const { version, usage, algorithm, mode, keyVersion, exportability, context } = header
  const key = `${usage}${algorithm}${mode}${keyVersion}${exportability}`
  return `${version}${decimal(total, 4)}${key}${decimal(count, 2)}${context}0${text}`
}

/** The first rule of X9.143 on what may stand in a header that this one breaks though it can be read; null when there is none. */
export function irregularity(header: KeyBlockHeader, keyLength: number): Irregularity | null {
  const { version, usage, algorithm, mode, optionalBlocks } = header
  const weak = algorithm === 'A' && VERSIONS[version].cipher === 'TDES'
  if (weak || !goTogether(usage, algorithm, mode))
    return { reason: 'combination', detail: `${usage} ${algorithm} ${mode} in version ${version}` }
  const lengths = ALGORITHMS[algorithm]?.lengths ?? [keyLength]
  if (!lengths.includes(keyLength))
    return { reason: 'key-length', detail: `expected ${lengths.join(', ')} bytes, got ${keyLength}` }
  const wrong = optionalBlocks.find((block) => !hasItsForm(block))
  return wrong === undefined ? null : { reason: 'optional-block-data', detail: wrong.id }
}

function fields(text: string, version: VersionId, optionalBlocks: OptionalBlock[]): KeyBlockHeader {
  return {
    version,
    usage: text.slice(5, 7),
    algorithm: text.slice(7, 8),
    mode: text.slice(8, 9),
    keyVersion: text.slice(9, 11),
    exportability: text.slice(11, 12),
    context: text.slice(14, 15),
    optionalBlocks,
  }
}

function checkCode(reason: Tr31Reason, code: string, codes: CodeTable): void {
  if (Object.hasOwn(codes, code) || (isProprietary(code) && /^[0-9A-Z]+$/.test(code))) return
  refuse(reason, `got "${code}"`)
}

function optionalCount(digits: string): number {
  if (!/^[0-9]{2}$/.test(digits)) refuse('optional-blocks', 'expected their number as two decimal digits')
  return Number(digits)
}

function decimal(value: number, digits: number): string {
  return String(value).padStart(digits, '0')
}
