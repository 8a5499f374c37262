import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import file from '../../fixtures/keys/rsa.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import {
  type Certificate,
  ICC_CERTIFICATE,
  ISSUER_CERTIFICATE,
  issueCertificate,
  PIN_CERTIFICATE,
} from '../../protocols/emv/oda/certificate.ts'
import { panId } from '../../protocols/emv/oda/icc-certificate.ts'
import { type RsaPrivateKey, rsaPrivateKey } from '../../protocols/emv/oda/rsa.ts'
import { signStaticData, staticDataToAuthenticate } from '../../protocols/emv/oda/static-data.ts'
import { dataOf, type Files, recordsOf } from './application.ts'
import type { CardImage } from './image.ts'
import type { ApplicationProfile, CardProfile } from './profile-schema.ts'

type Pki = NonNullable<CardProfile['pki']>
type Given = Record<string, Uint8Array>

/** Authority key index (8F) by the bits of its modulus; the public halves are in `fixtures/ca-keys.yaml`. */
const AUTHORITY_INDEX: Readonly<Record<Pki['authority'], number>> = {
  '1152': 0xe0,
  '1408': 0xe1,
  '1984': 0xe2,
}
const SERIAL = fromHex('000001')
const DATA_AUTHENTICATION_CODE = fromHex('DAC1')
const ISSUER_DIGITS = 6
/** Byte 1 of the AIP: SDA supported. */
const SDA = 0x40

interface Pair {
  key: KeyObject
  signer: RsaPrivateKey
  modulus: Uint8Array
  exponent: Uint8Array
}

/** Private keys of the card in PKCS#8 DER, hexadecimal. */
export function cardKeys(pki: Pki): { card?: string; pin?: string } {
  return {
    ...(pki.card === undefined ? {} : { card: pkcs8(pair(`card-${pki.card}`)) }),
    ...(pki.pin === undefined ? {} : { pin: pkcs8(pair(`pin-${pki.pin}`)) }),
  }
}

/**
 * Certificates and signed static data of one application, by tag in hexadecimal: test authority → test issuer → card, EMV 4.4 Book 2, 5 to 7.
 * `personalised`: values of the card by tag.
 */
export function certify(
  pki: Pki,
  profile: ApplicationProfile,
  pan: string,
  personalised: CardImage['personalised'],
): Record<string, string> {
  const [authority, issuer] = [pair(`authority-${pki.authority}`), pair(`issuer-${pki.issuer}`)]
  const issued = issueCertificate(ISSUER_CERTIFICATE, authority.signer, {
    ...request(pki, issuer),
    id: fromHex(pan.slice(0, ISSUER_DIGITS).padEnd(8, 'F')),
  })
  const given: Given = {
    '8F': Uint8Array.of(AUTHORITY_INDEX[pki.authority]),
    ...tagged(issued, '90', '92', '9F32'),
    ...ofCard(pki, issuer, pan),
  }
  return hexed({ ...given, ...overRecords(pki, profile, pan, { ...personalised, ...hexed(given) }) })
}

/** The certificate for PIN encipherment, which covers no records. */
function ofCard(pki: Pki, issuer: Pair, pan: string): Given {
  if (pki.pin === undefined) return {}
  const own = { ...request(pki, pair(`pin-${pki.pin}`)), id: panId(pan) }
  return tagged(issueCertificate(PIN_CERTIFICATE, issuer.signer, own), '9F2D', '9F2F', '9F2E')
}

/** What is signed over the static data: the card's certificate, and 93 where the application is for SDA. */
function overRecords(
  pki: Pki,
  profile: ApplicationProfile,
  pan: string,
  values: Record<string, string>,
): Given {
  const issuer = pair(`issuer-${pki.issuer}`)
  const data = dataOf({ ...profile, personalised: Object.keys(values) }, { personalised: values })
  const aip = data.get('82') ?? new Uint8Array(2)
  const staticData = staticDataOf(profile, recordsOf(profile, data), data.get('9F4A') ?? null, aip)
  const forSda = ((aip[0] ?? 0) & SDA) !== 0
  return {
    ...(forSda ? { '93': signStaticData(issuer.signer, DATA_AUTHENTICATION_CODE, staticData) } : {}),
    ...(pki.card === undefined
      ? {}
      : tagged(
          issueCertificate(ICC_CERTIFICATE, issuer.signer, {
            ...request(pki, pair(`card-${pki.card}`)),
            id: panId(pan),
            staticData,
          }),
          '9F46',
          '9F48',
          '9F47',
        )),
  }
}

function staticDataOf(
  { records }: ApplicationProfile,
  files: Files,
  tagList: Uint8Array | null,
  aip: Uint8Array,
): Uint8Array {
  const authenticated = records
    .filter((each) => each.authenticated)
    .map(({ sfi, record }) => ({ sfi, bytes: files.get(sfi)?.get(record) ?? new Uint8Array() }))
  const checked = staticDataToAuthenticate(authenticated, tagList, aip)
  if (checked.ok) return checked.data
  throw new TypeError(`expected records that can be authenticated, got: ${checked.text}`)
}

function request({ expiry }: Pki, { modulus, exponent }: Pair) {
  return { expiry: fromHex(expiry), serial: SERIAL, modulus, exponent }
}

/** An empty remainder is left out: EMV 4.4 Book 2, tables 4 and 12 have it only where it is needed. */
function tagged({ certificate, remainder, exponent }: Certificate, ...tags: [string, string, string]): Given {
  const [certificateTag, remainderTag, exponentTag] = tags
  const given = { [certificateTag]: certificate, [exponentTag]: exponent }
  return remainder.length === 0 ? given : { ...given, [remainderTag]: remainder }
}

function hexed(values: Given): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([tag, value]) => [tag, toHex(value)]))
}

const pairs = new Map<string, Pair>()

/** A key pair of the fixtures; made once, since reading one costs as much as using it. */
function pair(name: string): Pair {
  const known = pairs.get(name)
  if (known !== undefined) return known
  const jwk: JsonWebKey | undefined = new Map(Object.entries(file.keys)).get(name)
  if (jwk === undefined)
    throw new RangeError(
      `expected a key pair of fixtures/keys/rsa.json, one of ${Object.keys(file.keys).join(', ')}, got ${name}`,
    )
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const made = { key, signer: rsaPrivateKey(key), modulus: number(jwk.n), exponent: number(jwk.e) }
  pairs.set(name, made)
  return made
}

function pkcs8({ key }: Pair): string {
  return toHex(key.export({ format: 'der', type: 'pkcs8' }))
}

function number(base64url = ''): Uint8Array {
  return concat(Buffer.from(base64url, 'base64url'))
}
