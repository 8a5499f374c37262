import { createDecipheriv, createPublicKey } from 'node:crypto'
import { cmac } from '@noble/ciphers/aes.js'
import { z } from 'zod'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ADDRESS_BYTES } from '../../protocols/interledger/application.ts'
import { PaymentPointerError, toPaymentPointer } from '../../protocols/interledger/payment-pointer.ts'
import { ALGORITHMS, CRYPTOGRAM_FAMILIES, readPkcs8 } from './cryptogram.ts'
import type { Faults } from './faults.ts'
import type { CardImage } from './image.ts'
import type { CardProfile } from './profile.ts'

const hex = z.string().regex(/^([0-9A-Fa-f]{2})+$/, 'expected bytes in hexadecimal')

const recordSchema = z.strictObject({
  cardId: z.string().min(1),
  pan: z.string().regex(/^[0-9]{13,19}$/, 'expected 13 to 19 digits'),
  panSequenceNumber: z.string().regex(/^[0-9]{2}$/, 'expected 2 digits'),
  expiry: z.string().regex(/^[0-9]{6}$/, 'expected YYMMDD'),
  walletAddress: z.url('expected https://…'),
  key: z.strictObject({
    algorithm: z.enum(ALGORITHMS),
    wrapped: hex,
    kcv: hex.length(6, 'expected 3 bytes in hexadecimal').nullable(),
    publicKey: z.string().nullable(),
  }),
})

/** What the issuer hands out once for each card. */
export type PersonalisationRecord = z.infer<typeof recordSchema>

/** A record, transport key and profile that make no card; the message names the field, never its value. */
export class PersonalisationError extends Error {
  override name = 'PersonalisationError'
}

export interface PersonalisationOptions {
  /** A {@link PersonalisationRecord}; checked here, since another party wrote it. */
  record: unknown
  /** 16 bytes, shared with the issuer. */
  transportKey: Uint8Array
  profile: CardProfile
  faults?: Faults
  /** Last ATC that the card used; default 0. */
  atc?: number
}

/** A card of this profile for this record. Throws {@link PersonalisationError}. */
export function personalise(options: PersonalisationOptions): CardImage {
  const { transportKey, profile, atc = 0 } = options
  const faults = { ...profile.faults, ...options.faults }
  const record = readPersonalisationRecord(options.record)
  checkAlgorithm(record, profile)
  return {
    profile,
    personalised: valuesOf(record, profile, faults.walletAddress ?? record.walletAddress),
    key: { algorithm: record.key.algorithm, value: toHex(unwrap(record.key, transportKey)) },
    atc,
    faults,
  }
}

/** A record that another party wrote. Throws {@link PersonalisationError}, which names each field that is wrong, never its value. */
export function readPersonalisationRecord(record: unknown): PersonalisationRecord {
  const checked = recordSchema.safeParse(record)
  if (checked.success) return checked.data
  const problems = checked.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'record'}: ${message}`,
  )
  throw new PersonalisationError(`personalisation record: ${problems.join('; ')}`)
}

function checkAlgorithm({ key }: PersonalisationRecord, profile: CardProfile): void {
  for (const { generateAc } of profile.applications) {
    const { algorithm } = CRYPTOGRAM_FAMILIES[generateAc.cryptogram]
    if (algorithm !== key.algorithm)
      throw new PersonalisationError(
        `expected a key of ${algorithm} for card profile ${profile.name}, got ${key.algorithm}: issue the card with that algorithm, or use another profile`,
      )
  }
}

function valuesOf(record: PersonalisationRecord, profile: CardProfile, walletAddress: string) {
  const values: Record<string, string> = {
    C1: toHex(Buffer.from(pointerOf(walletAddress), 'ascii')),
    '5A': compressedNumeric(record.pan),
    '5F24': record.expiry,
    '5F34': record.panSequenceNumber,
  }
  const unknown = profile.applications
    .flatMap(({ personalised }) => personalised)
    .find((tag) => !(tag in values))
  if (unknown === undefined) return values
  throw new PersonalisationError(
    `expected card profile ${profile.name} to ask the issuer for ${Object.keys(values).join(', ')} only, it asks for ${unknown}`,
  )
}

function pointerOf(walletAddress: string): string {
  try {
    const pointer = toPaymentPointer(walletAddress)
    if (pointer.length <= ADDRESS_BYTES && /^[\x21-\x7E]+$/.test(pointer)) return pointer
  } catch (error) {
    if (!(error instanceof PaymentPointerError)) throw error
  }
  throw new PersonalisationError(
    `walletAddress: expected https://host/path that is a payment pointer of at most ${ADDRESS_BYTES} ASCII characters, got "${walletAddress.slice(0, 100)}"`,
  )
}

/** Format cn, EMV 4.4 Book 3, 4.3: padded with F on the right. */
function compressedNumeric(digits: string): string {
  return digits.length % 2 === 0 ? digits : `${digits}F`
}

function unwrap(key: PersonalisationRecord['key'], transportKey: Uint8Array): Uint8Array {
  const bytes = unwrapPadded(fromHex(key.wrapped), transportKey)
  if (key.algorithm === 'aes-128') checkAes(bytes, key.kcv)
  else checkP256(bytes, key.publicKey)
  return bytes
}

/** AES Key Wrap with Padding, RFC 5649. */
function unwrapPadded(wrapped: Uint8Array, transportKey: Uint8Array): Uint8Array {
  if (transportKey.length !== 16)
    throw new PersonalisationError(`expected a transport key of 16 bytes, got ${transportKey.length}`)
  try {
    const decipher = createDecipheriv('id-aes128-wrap-pad', transportKey, fromHex('A65959A6'))
    return new Uint8Array(Buffer.concat([decipher.update(wrapped), decipher.final()]))
  } catch (error) {
    throw new PersonalisationError(
      'key.wrapped: expected a key wrapped under this transport key (RFC 5649), it does not unwrap: give card and issuer the same',
      { cause: error },
    )
  }
}

function checkAes(key: Uint8Array, kcv: string | null): void {
  if (key.length !== 16)
    throw new PersonalisationError(`key.wrapped: expected 16 bytes of AES key, got ${key.length}`)
  // X9.24-1: the first three bytes of the CMAC over a block of zeros.
  const computed = toHex(cmac(new Uint8Array(16), key).subarray(0, 3))
  if (kcv !== null && kcv.toUpperCase() !== computed)
    throw new PersonalisationError(`key.kcv: expected ${computed}, got ${kcv}: the key is not the issuer's`)
}

function checkP256(der: Uint8Array, publicKey: string | null): void {
  let own: string
  try {
    const key = readPkcs8(der)
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('another kind of key')
    own = spki(createPublicKey(key))
  } catch (error) {
    throw new PersonalisationError('key.wrapped: expected a P-256 private key as PKCS#8 DER', {
      cause: error,
    })
  }
  if (publicKey !== null && spki(readPublic(publicKey)) !== own)
    throw new PersonalisationError('key.publicKey: expected the public half of the wrapped key, got another')
}

function readPublic(pem: string) {
  try {
    return createPublicKey(pem)
  } catch (error) {
    throw new PersonalisationError('key.publicKey: expected a public key as SPKI PEM', { cause: error })
  }
}

function spki(key: ReturnType<typeof createPublicKey>): string {
  return key.export({ format: 'der', type: 'spki' }).toString('hex')
}
