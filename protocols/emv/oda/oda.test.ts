import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { describe, test } from 'node:test'
import file from '../../../fixtures/vectors/emv-oda.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../../bytes/bytes.ts'
import { parseTlv } from '../../tlv/tlv.ts'
import { type CaKey, caKeyChecksum, caKeyStore } from './ca-key.ts'
import {
  type Certificate,
  type CertificateFields,
  type CertificateKind,
  ICC_CERTIFICATE,
  ISSUER_CERTIFICATE,
  issueCertificate,
  openCertificate,
} from './certificate.ts'
import {
  signDynamicData,
  transactionDataHash,
  verifyCombinedData,
  verifyDynamicData,
} from './dynamic-data.ts'
import { decipherPin, encipherPin } from './enciphered-pin.ts'
import { verifyIccCertificate } from './icc-certificate.ts'
import { verifyIssuerCertificate } from './issuer-certificate.ts'
import type { Checked, OdaReason } from './reasons.ts'
import { responseObjects } from './response-objects.ts'
import { type RsaPrivateKey, type RsaPublicKey, rsaPrivateKey, rsaPublicKey } from './rsa.ts'
import { recoverData } from './signed-data.ts'
import { signStaticData, verifyStaticData } from './static-data.ts'

type Vector = Readonly<Record<string, unknown>>

const vectors = file.vectors as readonly Vector[]
/** Before every certificate of the vectors ends. */
const EARLY = fromHex('120101')
const NONE = new Uint8Array()

/** Why each bad certificate is refused. Where a bit of the signed block was changed, the recovered block is noise. */
const BAD: Record<string, OdaReason> = {
  'emv_rsa_test-issuer-bad': 'trailer_wrong',
  'emv_rsa_test-issuer-expired': 'certificate_expired',
  'emv_rsa_test-icc-bad': 'trailer_wrong',
  'emv_rsa_test-sdad-bad': 'trailer_wrong',
  'emv_rsa_test-sdad-wrong-un': 'hash_wrong',
  'emv_rsa_cda_test-sdad-wrong-un': 'hash_wrong',
}

/** Data signed with a private key of the vectors: made again, they are the same bytes. */
const SIGNERS: Record<string, string> = {
  'card-emvpt-issuer': 'certification authority',
  'card-emvpt-icc': 'issuer',
  'emvpt-dda': 'card',
  'emvpt-enciphered-pin': 'card',
}

const RUNNERS: Record<string, (vector: Vector) => void> = {
  'ca-key-live': runCaKey,
  'ca-key-test': runCaKey,
  'ca-key-own-scheme': runCaKey,
  'test-private-key': (v) => {
    const key = rsaPrivateKey(createPrivateKey(text(v, 'privateKeyPem')))
    assert.equal(key.length * 8, v.modulusBits)
    const signed = signStaticData(key, fromHex('DAC0'), fromHex('0102'))
    const checked = verifyStaticData(
      publicKey(hex(v, 'modulus'), hex(v, 'exponent')),
      signed,
      fromHex('0102'),
    )
    assert.deepEqual(proved(checked).dataAuthenticationCode, fromHex('DAC0'))
  },
  'issuer-certificate': (v) => runIssuerCertificate(v, text(v, 'pan')),
  'card-issuer-certificate': (v) => runIssuerCertificate(v, digitsOf(text(expectOf(v), 'issuerId'))),
  'icc-certificate': (v) => {
    const { recovered, fields } = proved(openCertificate(ICC_CERTIFICATE, issuerKey(v), hex(v, 'tag9F46')))
    const expected = expectOf(v)
    equal(recovered.block, expected, 'recovered')
    equal(recovered.hash, expected, 'hash')
    checkFields(fields, expected, 'pan')
    const modulus = concat(fields.digits, hex(v, 'tag9F48'))
    equal(modulus.subarray(0, fields.keyLength), expected, 'iccModulus')
    // The source has no static data: without them the hash must be refused.
    const check = { pan: digitsOf(text(expected, 'pan')), date: EARLY, staticData: NONE }
    refused(verifyIccCertificate(issuerKey(v), iccCertificate(v), check), 'hash_wrong')
  },
  'card-icc-certificate': (v) => {
    const expected = expectOf(v)
    const check = { pan: digitsOf(text(expected, 'pan')), date: EARLY, staticData: hex(v, 'staticData') }
    const { key, fields } = proved(verifyIccCertificate(issuerKey(v), iccCertificate(v), check))
    checkFields(fields, expected, 'pan')
    equal(key.modulus, expected, 'iccModulus')
    checkMadeAgain(v, ICC_CERTIFICATE, iccCertificate(v), fields, key)
  },
  'signed-static-data': (v) => {
    const recovered = proved(recoverData(issuerKey(v), hex(v, 'tag93'), 0x03, ''))
    const expected = expectOf(v)
    equal(recovered.block, expected, 'recovered')
    equal(recovered.hash, expected, 'hash')
    equal(recovered.content.subarray(2, 4), expected, 'dataAuthenticationCode')
    // The source has no static data: without them the hash must be refused.
    refused(verifyStaticData(issuerKey(v), hex(v, 'tag93'), NONE), 'hash_wrong')
  },
  'card-static-data': (v) => {
    const checked = verifyStaticData(issuerKey(v), hex(v, 'tag93'), hex(v, 'staticData'))
    equal(proved(checked).dataAuthenticationCode, expectOf(v), 'dataAuthenticationCode')
  },
  'signed-dynamic-data-dda': (v) => {
    const expected = expectOf(v)
    const { dynamicNumber } = proved(verifyDynamicData(iccKey(v), hex(v, 'tag9F4B'), hex(v, 'ddolData')))
    equal(dynamicNumber, expected, 'iccDynamicNumber')
    equal(proved(recoverData(iccKey(v), hex(v, 'tag9F4B'), 0x05, '')).block, expected, 'recovered')
    const signer = signerOf(v)
    if (signer !== null) equal(signDynamicData(signer, dynamicNumber, hex(v, 'ddolData')), v, 'tag9F4B')
  },
  'signed-dynamic-data-cda': (v) => {
    const expected = expectOf(v)
    const { dynamicNumber, cryptogram, further } = proved(
      verifyCombinedData(iccKey(v), hex(v, 'tag9F4B'), {
        unpredictableNumber: hex(v, 'unpredictableNumber'),
        cid: hex(expected, 'cid')[0] ?? Number.NaN,
        transactionDataHash: hex(expected, 'transactionDataHash'),
      }),
    )
    equal(dynamicNumber, expected, 'iccDynamicNumber')
    equal(cryptogram, expected, 'ac')
    assert.equal(further.length, 0)
  },
  'card-cda': runCardCda,
  'bad-certificate': (v) => refused(badRunners(v), BAD[text(v, 'id')] ?? assert.fail('no reason given')),
  'enciphered-pin': (v) => {
    const key = publicKey(hex(v, 'iccModulus'), hex(v, 'exponent'))
    const zeros = (length: number) => new Uint8Array(length)
    const enciphered = encipherPin(key, hex(v, 'pinBlock'), hex(v, 'challenge'), zeros)
    equal(enciphered, v, 'ciphertext')
    assert.ok(text(v, 'command').endsWith(toHex(enciphered)))
    const card = signerOf(v) ?? assert.fail('no private key')
    equal(proved(decipherPin(card, enciphered, hex(v, 'challenge'))).pinBlock, v, 'pinBlock')
  },
}

describe('emv-oda.json', () => {
  let run = 0
  for (const vector of vectors) {
    test(text(vector, 'id'), () => {
      const runner = RUNNERS[text(vector, 'kind')] ?? assert.fail(`no runner for ${vector.kind}`)
      runner(vector)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

function runCaKey(v: Vector): void {
  const entry = caEntry(v)
  equal(caKeyChecksum(entry), v, 'sha1')
  const store = caKeyStore([entry])
  assert.deepEqual(proved(store(entry.rid, entry.index, EARLY)).key.modulus, entry.modulus)
  const wrong = { ...entry, checksum: new Uint8Array(20) }
  refused(caKeyStore([wrong])(entry.rid, entry.index, EARLY), 'ca_key_checksum')
}

function runIssuerCertificate(v: Vector, pan: string): void {
  const expected = expectOf(v)
  const ca = caKeyOf(v)
  const certificate = issuerCertificate(v)
  const { key, fields } = proved(verifyIssuerCertificate(ca, certificate, { pan, date: EARLY }))
  checkFields(fields, expected, 'issuerId')
  equal(key.modulus, expected, 'issuerModulus')
  const { recovered } = proved(openCertificate(ISSUER_CERTIFICATE, ca.key, certificate.certificate))
  equal(recovered.hash, expected, 'hash')
  if (expected.recovered !== undefined) equal(recovered.block, expected, 'recovered')
  checkMadeAgain(v, ISSUER_CERTIFICATE, certificate, fields, key)
}

function runCardCda(v: Vector): void {
  const expected = expectOf(v)
  const response = hex(v, 'generateAcResponse')
  const command = hex(v, 'generateAcCommand')
  const tags = new Map(parseTlv(response)[0]?.children?.map(({ tag, value }) => [tag, value]))
  const hash = transactionDataHash({
    pdolData: hex(v, 'pdolData'),
    cdol1Data: command.subarray(5, 5 + (command[4] ?? 0)),
    cdol2Data: NONE,
    responseObjects: proved(responseObjects(response)).objects,
  })
  equal(hash, expected, 'transactionDataHash')
  const check = {
    unpredictableNumber: hex(v, 'unpredictableNumber'),
    cid: tags.get('9F27')?.[0] ?? Number.NaN,
    transactionDataHash: hash,
  }
  const { dynamicNumber, cryptogram } = proved(verifyCombinedData(iccKey(v), tags.get('9F4B') ?? NONE, check))
  equal(dynamicNumber, expected, 'iccDynamicNumber')
  equal(cryptogram, expected, 'ac')
}

function badRunners(v: Vector): Checked<object> {
  switch (v.of) {
    case 'issuer': {
      const date = v.transactionDate === undefined ? EARLY : hex(v, 'transactionDate')
      return verifyIssuerCertificate(caKeyOf(v), issuerCertificate(v), { pan: '4761739001010119', date })
    }
    case 'icc':
      return verifyIccCertificate(issuerKey(v), iccCertificate(v), { pan: '', date: EARLY, staticData: NONE })
    default:
      return verifyDynamicData(iccKey(v), hex(v, 'tag9F4B'), hex(v, 'ddolData'))
  }
}

/** With the signer's private key at hand, the same fields give the same certificate. */
function checkMadeAgain(
  v: Vector,
  kind: CertificateKind,
  certificate: Certificate,
  fields: CertificateFields,
  key: RsaPublicKey,
): void {
  const signer = signerOf(v)
  if (signer === null) return
  const staticData = v.staticData === undefined ? NONE : hex(v, 'staticData')
  const { modulus, exponent } = key
  assert.deepEqual(issueCertificate(kind, signer, { ...fields, modulus, exponent, staticData }), certificate)
}

function checkFields(fields: CertificateFields, expected: Vector, idName: string): void {
  equal(fields.id, expected, idName)
  equal(fields.expiry, expected, 'expiryMMYY')
  if (expected.serial !== undefined) equal(fields.serial, expected, 'serial')
}

function signerOf(v: Vector): RsaPrivateKey | null {
  const role = SIGNERS[text(v, 'id')]
  if (role === undefined) return null
  const vector = vectors.find((other) => other.role === role) ?? assert.fail(`no key of ${role}`)
  return rsaPrivateKey(createPrivateKey(text(vector, 'privateKeyPem')))
}

function caEntry(v: Vector) {
  const index = hex(v, 'index')[0] ?? Number.NaN
  const fields = { rid: hex(v, 'rid'), index, modulus: hex(v, 'modulus'), exponent: hex(v, 'exponent') }
  return { ...fields, checksum: hex(v, 'sha1'), expiry: null }
}

function caKeyOf(v: Vector): CaKey {
  const entries = vectors.filter(({ kind }) => text({ kind }, 'kind').startsWith('ca-key')).map(caEntry)
  return proved(caKeyStore(entries)(hex(v, 'rid'), hex(v, 'caIndex')[0] ?? Number.NaN, EARLY))
}

function issuerCertificate(v: Vector): Certificate {
  return { certificate: hex(v, 'tag90'), remainder: hex(v, 'tag92'), exponent: hex(v, 'tag9F32') }
}

function iccCertificate(v: Vector): Certificate {
  return { certificate: hex(v, 'tag9F46'), remainder: hex(v, 'tag9F48'), exponent: hex(v, 'tag9F47') }
}

function issuerKey(v: Vector): RsaPublicKey {
  return publicKey(hex(v, 'issuerModulus'), hex(v, 'tag9F32'))
}

function iccKey(v: Vector): RsaPublicKey {
  return publicKey(hex(v, 'iccModulus'), hex(v, 'tag9F47'))
}

function publicKey(modulus: Uint8Array, exponent: Uint8Array): RsaPublicKey {
  return rsaPublicKey(modulus, exponent) ?? assert.fail('numbers make no key')
}

function digitsOf(id: string): string {
  return id.replace(/F+$/, '')
}

function proved<T>(checked: Checked<T>): T {
  return checked.ok ? checked : assert.fail(`${checked.section}: ${checked.text}`)
}

function refused(checked: Checked<object>, reason: OdaReason): void {
  assert.equal(checked.ok ? 'accepted' : checked.reason, reason)
}

function expectOf(v: Vector): Vector {
  return v.expect as Vector
}

function text(v: Vector, name: string): string {
  const value = v[name]
  return typeof value === 'string' ? value : assert.fail(`no text "${name}" in the vector`)
}

function hex(v: Vector, name: string): Uint8Array {
  return fromHex(text(v, name))
}

function equal(actual: Uint8Array, v: Vector, name: string): void {
  assert.equal(toHex(actual), text(v, name), name)
}
