import { createPrivateKey } from 'node:crypto'
import file from '../../../../fixtures/vectors/emv-oda.json' with { type: 'json' }
import { fromHex } from '../../../../protocols/bytes/bytes.ts'
import { type CaKeyEntry, caKeyChecksum } from '../../../../protocols/emv/oda/ca-key.ts'
import {
  type Certificate,
  ICC_CERTIFICATE,
  ISSUER_CERTIFICATE,
  issueCertificate,
  PIN_CERTIFICATE,
} from '../../../../protocols/emv/oda/certificate.ts'
import { panId } from '../../../../protocols/emv/oda/icc-certificate.ts'
import { type RsaPrivateKey, rsaPrivateKey } from '../../../../protocols/emv/oda/rsa.ts'

interface Published {
  key: RsaPrivateKey
  modulus: Uint8Array
  exponent: Uint8Array
}

/** The key pairs of a test card that are published with it: 1408, 1408 and 1024 bits. */
function published(role: string): Published {
  for (const vector of file.vectors) {
    if (vector.kind !== 'test-private-key' || vector.role !== role) continue
    if (vector.privateKeyPem === undefined || vector.modulus === undefined || vector.exponent === undefined)
      continue
    return {
      key: rsaPrivateKey(createPrivateKey(vector.privateKeyPem)),
      modulus: fromHex(vector.modulus),
      exponent: fromHex(vector.exponent),
    }
  }
  throw new Error(`expected a test key "${role}" in emv-oda.json, there is none`)
}

const CA = published('certification authority')
export const ISSUER = published('issuer')
export const ICC = published('card')

export const RID = 'AFFFFFFFFF'
export const CA_INDEX = '92'
export const PAN = '1234560012345608'
export const SERIAL = '000001'

const caKey = { rid: fromHex(RID), index: 0x92, modulus: CA.modulus, exponent: CA.exponent }
export const CA_ENTRY: CaKeyEntry = { ...caKey, checksum: caKeyChecksum(caKey), expiry: null }

/** `expiry`: MMYY. */
export function issuerCertificate(expiry = '1230'): Certificate {
  return issueCertificate(ISSUER_CERTIFICATE, CA.key, {
    id: fromHex('123456FF'),
    expiry: fromHex(expiry),
    serial: fromHex(SERIAL),
    modulus: ISSUER.modulus,
    exponent: ISSUER.exponent,
  })
}

export function iccCertificate(staticData: Uint8Array): Certificate {
  return issueCertificate(ICC_CERTIFICATE, ISSUER.key, { ...ICC_REQUEST, staticData })
}

export function pinCertificate(): Certificate {
  return issueCertificate(PIN_CERTIFICATE, ISSUER.key, ICC_REQUEST)
}

const ICC_REQUEST = {
  id: panId(PAN),
  expiry: fromHex('1230'),
  serial: fromHex('000002'),
  modulus: ICC.modulus,
  exponent: ICC.exponent,
}
