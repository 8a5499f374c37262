import { concat, fromHex, toHex } from '../../bytes/bytes.ts'
import { judged, type Verdict } from '../../verdict/verdict.ts'
import { bind, open } from './binding.ts'
import { wrongCheckValue } from './check-values.ts'
import { ALGORITHMS } from './codes.ts'
import { blockKeys } from './derivation.ts'
import { buildHeader, type Irregularity, irregularity, type KeyBlockHeader, readHeader } from './header.ts'
import { refuse, type Tr31Reason } from './reasons.ts'
import { isVersion, VERSIONS, type Version } from './versions.ts'

const LENGTH_FIELD = 2
// A field of another length would shift those behind it.
const TEXT_FIELDS = ['usage', 'algorithm', 'mode', 'keyVersion', 'exportability', 'context'] as const

/** A key that was taken out of its block. */
export interface UnwrappedKey {
  header: KeyBlockHeader
  key: Uint8Array
  /** The rule of X9.143 the header breaks, where that is not refused; otherwise null. */
  irregular: Irregularity | null
}

export interface UnwrapOptions {
  /** Take blocks that break {@link irregularity}'s rules, for blocks of other makers. Refused unless told. */
  irregular?: 'refuse' | 'report'
}

export interface WrapOptions {
  /**
   * Bytes the key is filled up to, so that its length cannot be seen (X9.143:2021, 5); the longest key of the algorithm unless told, 0 for
   * none.
   */
  fillTo?: number
}

/**
 * The header of a key block, all its fields checked, without the protection key. For anything but a sound header the verdict has its
 * reason; nothing is thrown.
 */
export function parseHeader(text: string): Verdict<KeyBlockHeader, Tr31Reason> {
  return judged(() => readWhole(text).header)
}

/**
 * Takes the key out of a block (X9.143:2021; TR-31:2018). `kbpk`: key block protection key of 16 or 24 bytes (triple DES; versions A, B,
 * C) or of 16, 24 or 32 bytes (AES; D, E). Whatever the text, the answer is a verdict; nothing is thrown.
 */
export function unwrapKey(
  kbpk: Uint8Array,
  text: string,
  { irregular = 'refuse' }: UnwrapOptions = {},
): Verdict<UnwrappedKey, Tr31Reason> {
  return judged(() => {
    const { header, length } = readWhole(text)
    const version: Version = VERSIONS[header.version]
    checkKbpk(version, kbpk)
    const bound = readBound(version, text, length)
    const plain = open(header.version, blockKeys(header.version, kbpk), ascii(text.slice(0, length)), bound)
    const key = readKey(plain ?? refuse('mac', `version ${header.version}`))
    const broken = firstBroken(header, key, kbpk)
    if (broken !== null && irregular === 'refuse') refuse(broken.reason, broken.detail)
    return { header, key, irregular: broken }
  })
}

/**
 * Puts a key into a block. `kbpk` as in {@link unwrapKey}. PB is added where the optional blocks need it. Throws a RangeError for a
 * header, key or protection key that the version, or the table of X9.143, does not allow.
 */
export function wrapKey(
  kbpk: Uint8Array,
  header: KeyBlockHeader,
  key: Uint8Array,
  random: (length: number) => Uint8Array,
  { fillTo = ALGORITHMS[header.algorithm]?.longest ?? 0 }: WrapOptions = {},
): string {
  const { mac, fill } = VERSIONS[header.version]
  const length = LENGTH_FIELD + Math.max(key.length, fillTo)
  const filled = Math.ceil(length / fill) * fill
  const text = buildHeader(header, 2 * (filled + mac), random)
  checkOwn(kbpk, header, text, key)
  return protect(kbpk, text, key, random(filled - LENGTH_FIELD - key.length))
}

/**
 * Protects a key under a header whose text is already there, with the padding given: for what {@link wrapKey} would not make, such as a
 * block of another maker made again. The header is the caller's to check; throws a RangeError when its version is not known.
 */
export function protect(kbpk: Uint8Array, header: string, key: Uint8Array, padding: Uint8Array): string {
  const version = header.slice(0, 1)
  if (!isVersion(version))
    throw new RangeError(`expected a key block header, got one of version "${version}"`)
  const bits = key.length * 8
  const plain = concat(Uint8Array.of(bits >> 8, bits & 0xff), key, padding)
  const { encrypted, mac } = bind(version, blockKeys(version, kbpk), ascii(header), plain)
  return header + toHex(encrypted) + toHex(mac)
}

function readWhole(text: string): { header: KeyBlockHeader; length: number } {
  const field = text.slice(1, 5)
  if (field !== String(text.length).padStart(4, '0'))
    refuse('length', `expected ${text.length} as four digits in the header`)
  const read = readHeader(text)
  const { block, fill } = VERSIONS[read.header.version]
  // Hexadecimal: two characters a byte; whole blocks of bytes are then whole numbers of as many characters too.
  const unit = fill === 1 ? 2 : block
  if (text.length % unit !== 0) refuse('length', `expected a multiple of ${unit}, got ${text.length}`)
  return read
}

function readBound(
  version: Version,
  text: string,
  header: number,
): { encrypted: Uint8Array; mac: Uint8Array } {
  const hex = text.slice(header)
  // Capitals only: otherwise one block would have several texts.
  if (!/^[0-9A-F]*$/.test(hex)) refuse('not-hex', 'expected digits and capitals A to F')
  if (hex.length < 2 * version.mac)
    refuse('mac-short', `expected ${version.mac} bytes, got ${hex.length / 2}`)
  if (header % version.block !== 0)
    refuse('malformed', `expected a header of whole blocks of ${version.block}, got ${header} characters`)
  const encrypted = fromHex(hex.slice(0, -2 * version.mac))
  if (encrypted.length === 0 || encrypted.length % version.fill !== 0)
    refuse('malformed', `expected whole blocks of ${version.fill} bytes, got ${encrypted.length} bytes`)
  return { encrypted, mac: fromHex(hex.slice(-2 * version.mac)) }
}

function readKey(plain: Uint8Array): Uint8Array {
  const bits = ((plain[0] ?? 0) << 8) | (plain[1] ?? 0)
  if (bits % 8 !== 0 || bits === 0 || plain.length < LENGTH_FIELD) refuse('key-length-field', `${bits} bits`)
  const end = LENGTH_FIELD + bits / 8
  if (end > plain.length)
    refuse('malformed', `expected a key of ${bits / 8} bytes, got ${plain.length - LENGTH_FIELD}`)
  return plain.slice(LENGTH_FIELD, end)
}

function firstBroken(header: KeyBlockHeader, key: Uint8Array, kbpk: Uint8Array): Irregularity | null {
  const broken = irregularity(header, key.length)
  if (broken !== null) return broken
  const wrong = wrongCheckValue(header, key, kbpk)
  return wrong === null ? null : { reason: 'check-value', detail: wrong }
}

function checkKbpk({ kbpkLengths }: Version, kbpk: Uint8Array): void {
  if (!kbpkLengths.includes(kbpk.length))
    refuse('kbpk-length', `expected ${kbpkLengths.join(', ')} bytes, got ${kbpk.length}`)
}

function checkOwn(kbpk: Uint8Array, header: KeyBlockHeader, text: string, key: Uint8Array): void {
  const checked = judged(() => {
    const read: KeyBlockHeader = readHeader(text).header
    for (const field of TEXT_FIELDS)
      if (read[field] !== header[field]) refuse('malformed', `${field} "${header[field]}"`)
    checkKbpk(VERSIONS[header.version], kbpk)
    if (key.length === 0) refuse('key-length', 'expected a key, got 0 bytes')
    const broken = firstBroken(header, key, kbpk)
    if (broken !== null) refuse(broken.reason, broken.detail)
  })
  if (!checked.valid) throw new RangeError(`cannot make this key block: ${checked.detail}`)
}

function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'ascii'))
}
