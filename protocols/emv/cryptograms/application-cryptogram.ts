import { concat } from '../../bytes/bytes.ts'
import { sameMac } from '../../mac/compare.ts'
import type { Family } from './families.ts'
import { parseIad } from './iad.ts'
import { AC_SESSION_KEYS, MACS } from './suites.ts'

/** Values by tag, as card or issuer knows them. */
export type Lookup = (tag: string) => Uint8Array | undefined

/** A data element that the cryptogram is made over is absent or has the wrong length or form. */
export class CryptogramInputError extends Error {
  override name = 'CryptogramInputError'
  readonly tag: string
  constructor(tag: string, expected: string, got: string) {
    super(`expected ${tag} of ${expected} for the application cryptogram, got ${got}`)
    this.tag = tag
  }
}

/** Data elements of EMV 4.4 Book 2, 8.1.1, in order: tag and bytes. */
export const AC_ELEMENTS = [
  ['9F02', 6],
  ['9F03', 6],
  ['9F1A', 2],
  ['95', 5],
  ['5F2A', 2],
  ['9A', 3],
  ['9C', 1],
  ['9F37', 4],
  ['82', 2],
  ['9F36', 2],
] as const

/** What the application cryptogram is made over, before padding: the elements above, then what the family takes of tag 9F10. */
export function acInput(family: Family, lookup: Lookup): Uint8Array {
  const elements = AC_ELEMENTS.map(([tag, length]) => element(lookup, tag, length))
  return concat(...elements, tail(family, lookup))
}

/** The card's values of one transaction: what the session key hangs on. */
export interface TransactionKeyInput {
  /** ICC master key: 16 bytes (AES also 24 or 32). */
  masterKey: Uint8Array
  /** Tag 9F36, 2 bytes. */
  atc: Uint8Array
  /** Tag 9F37, 4 bytes; only Mastercard's own session key uses it. */
  unpredictableNumber: Uint8Array
}

/** The key under which cryptogram and (mostly) ARPC of a transaction are made. EMV 4.4 Book 2, A1.3. */
export function acSessionKey(family: Family, input: TransactionKeyInput): Uint8Array {
  return AC_SESSION_KEYS[family.acSessionKey](input.masterKey, input.atc, input.unpredictableNumber)
}

/**
 * Application cryptogram (TC, ARQC or AAC), EMV 4.4 Book 2, 8.1: 8 bytes. `lookup` gives all elements of {@link AC_ELEMENTS} and 9F10.
 * Throws {@link CryptogramInputError} when one is absent or malformed.
 */
export function applicationCryptogram(family: Family, masterKey: Uint8Array, lookup: Lookup): Uint8Array {
  const data = acInput(family, lookup)
  const atc = element(lookup, '9F36', 2)
  const unpredictableNumber = element(lookup, '9F37', 4)
  return MACS[family.acMac](acSessionKey(family, { masterKey, atc, unpredictableNumber }), data)
}

/** What an issuer finds: the input must be there before the cryptogram can be wrong. */
export type CryptogramCheck =
  | { ok: true }
  | { ok: false; reason: 'data_malformed' | 'cryptogram_wrong'; detail: string }

/** The issuer's check of tag 9F26 against the data of the transaction. Never throws for what came from card or terminal. */
export function verifyApplicationCryptogram(
  family: Family,
  masterKey: Uint8Array,
  lookup: Lookup,
  cryptogram: Uint8Array,
): CryptogramCheck {
  try {
    const expected = applicationCryptogram(family, masterKey, lookup)
    if (sameMac(expected, cryptogram)) return { ok: true }
    return { ok: false, reason: 'cryptogram_wrong', detail: "9F26 is not the card's for these data" }
  } catch (error) {
    if (!(error instanceof CryptogramInputError)) throw error
    return { ok: false, reason: 'data_malformed', detail: error.message }
  }
}

function tail(family: Family, lookup: Lookup): Uint8Array {
  const iad = lookup('9F10')
  if (iad === undefined) throw new CryptogramInputError('9F10', 'some bytes', 'none')
  if (family.tail === 'all') return iad
  const fields = parseIad(family.iad, iad)
  if (fields === null)
    throw new CryptogramInputError('9F10', `the layout of ${family.title}`, `${iad.length} bytes of another`)
  return concat(...family.tail.map((name) => fields[name] ?? new Uint8Array()))
}

function element(lookup: Lookup, tag: string, length: number): Uint8Array {
  const value = lookup(tag)
  if (value?.length !== length)
    throw new CryptogramInputError(tag, `${length} bytes`, value === undefined ? 'none' : `${value.length}`)
  return value
}
