import { equal, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { CaKey, CaKeyStore } from '../../../protocols/emv/oda/ca-key.ts'
import type { Certificate } from '../../../protocols/emv/oda/certificate.ts'
import { verifyIccCertificate, verifyPinCertificate } from '../../../protocols/emv/oda/icc-certificate.ts'
import { verifyIssuerCertificate } from '../../../protocols/emv/oda/issuer-certificate.ts'
import type { OdaFailure } from '../../../protocols/emv/oda/reasons.ts'
import type { ImportKey, RsaPublicKey } from '../../../protocols/emv/oda/rsa.ts'
import type { DataStore } from './data-store.ts'
import type { EmvSettings } from './settings.ts'

/** What certificates of a card are checked with. */
export interface Trust {
  caKeys: CaKeyStore
  revoked: EmvSettings['revokedCertificates']
  importKey: ImportKey | undefined
}

/** A key that was proved, the tags that the card lacks for it, or why it was not proved. */
export type KeyResult =
  | { kind: 'key'; key: RsaPublicKey }
  | { kind: 'missing'; tags: string[] }
  | { kind: 'failed'; failure: OdaFailure }

/** The digits of tag 5A without filler. */
export function panOf(data: DataStore): string {
  return toHex(data.require('5A')).replace(/F+$/, '')
}

const ISSUER_TAGS = ['8F', '90', '9F32']

/** The issuer's key from tags 8F, 90, 92 and 9F32, EMV 4.4 Book 2, 5.2, 5.3 and 6.3. */
export function issuerKey(data: DataStore, trust: Trust): KeyResult {
  const missing = ISSUER_TAGS.filter((tag) => !data.has(tag))
  if (missing.length > 0) return { kind: 'missing', tags: missing }
  const [index = 0] = data.require('8F')
  const date = data.require('9A')
  // The RID is the first five bytes of the application's name (Book 2, 5.2).
  const ca = trust.caKeys(data.require('84').subarray(0, 5), index, date)
  if (!ca.ok) return { kind: 'failed', failure: ca }
  return keyFrom(
    verifyIssuerCertificate(ca, certificateOf(data, '90', '92', '9F32'), {
      pan: panOf(data),
      date,
      isRevoked: (key, serial) => isRevoked(trust, key, serial),
      importKey: trust.importKey,
    }),
  )
}

/** The card's key from tags 9F46, 9F48 and 9F47, EMV 4.4 Book 2, 6.4. `staticData`: see `staticDataToAuthenticate`. */
export function iccKey(
  data: DataStore,
  issuer: RsaPublicKey,
  staticData: Uint8Array,
  trust: Trust,
): KeyResult {
  const missing = ['9F46', '9F47'].filter((tag) => !data.has(tag))
  if (missing.length > 0) return { kind: 'missing', tags: missing }
  const check = { pan: panOf(data), date: data.require('9A'), importKey: trust.importKey, staticData }
  return keyFrom(verifyIccCertificate(issuer, certificateOf(data, '9F46', '9F48', '9F47'), check))
}

/** The card's key for PIN encipherment from tags 9F2D, 9F2F and 9F2E, EMV 4.4 Book 2, 7.1. */
export function pinKey(data: DataStore, issuer: RsaPublicKey, trust: Trust): KeyResult {
  const missing = ['9F2D', '9F2E'].filter((tag) => !data.has(tag))
  if (missing.length > 0) return { kind: 'missing', tags: missing }
  const check = { pan: panOf(data), date: data.require('9A'), importKey: trust.importKey }
  return keyFrom(verifyPinCertificate(issuer, certificateOf(data, '9F2D', '9F2F', '9F2E'), check))
}

function keyFrom(checked: { ok: true; key: RsaPublicKey } | OdaFailure): KeyResult {
  return checked.ok ? { kind: 'key', key: checked.key } : { kind: 'failed', failure: checked }
}

function certificateOf(
  data: DataStore,
  certificate: string,
  remainder: string,
  exponent: string,
): Certificate {
  return {
    certificate: data.require(certificate),
    remainder: data.get(remainder) ?? new Uint8Array(),
    exponent: data.require(exponent),
  }
}

function isRevoked({ revoked }: Trust, ca: CaKey, serial: Uint8Array): boolean {
  return revoked.some(
    (entry) =>
      equal(fromHex(entry.rid), ca.rid) &&
      Number.parseInt(entry.index, 16) === ca.index &&
      equal(fromHex(entry.serial), serial),
  )
}
