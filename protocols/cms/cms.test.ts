import assert from 'node:assert/strict'
import {
  constants,
  createPrivateKey,
  privateDecrypt,
  publicEncrypt,
  sign,
  X509Certificate,
} from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../fixtures/vectors/tr34.json' with { type: 'json' }
import { fromHex, toHex } from '../bytes/bytes.ts'
import { DerError } from '../der/error.ts'
import { parseDer } from '../der/reader.ts'
import { TAG } from '../der/tags.ts'
import * as write from '../der/writer.ts'
import { algorithm } from './algorithm.ts'
import { buildCrl, type CrlContent, checkCrl, isRevoked, parseCrl } from './crl.ts'
import { type ContentCipher, openEnveloped, parseEnveloped, sealEnveloped } from './enveloped-data.ts'
import { identityOf, type ReceivingParty, readCertificate, type SigningParty, subjectOf } from './identity.ts'
import { decodeOaep, encodeOaep } from './oaep.ts'
import { OID } from './oids.ts'
import { buildCarrier, buildSignedData, checkSignature, contentInfo, parseSignedData } from './signed-data.ts'

const HOST = party('clover-tr34_kdh_1_cert')
const DEVICE = party('clover-tr34_krd_1_cert')
const AUTHORITY = party('clover-tr34_kdh_ca_cert')

function party(id: string): SigningParty & ReceivingParty {
  const vector = file.vectors.find((entry) => entry.id === id)
  if (vector === undefined || !('pem' in vector) || !('privateKeyPem' in vector))
    return assert.fail(`no key of ${id}`)
  const key = createPrivateKey(`${vector.privateKeyPem}`)
  const raw = { key, padding: constants.RSA_NO_PADDING }
  return {
    certificate: new X509Certificate(`${vector.pem}`),
    sign: (data) => new Uint8Array(sign('sha256', data, key)),
    decrypt: (block) => new Uint8Array(privateDecrypt(raw, block)),
  }
}

const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength })

/** A repeatable stand-in for randomness. */
function counting(start: number): (length: number) => Uint8Array {
  let next = start
  return (length) => Uint8Array.from({ length }, () => next++ & 0xff)
}

describe('RSAES-OAEP', () => {
  const MODULUS = 256
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const raw = { key: DEVICE.certificate.publicKey, padding: constants.RSA_NO_PADDING }
  const privateKey = createPrivateKey(
    `${file.vectors.find(({ id }) => id === 'clover-tr34_krd_1_cert')?.privateKeyPem}`,
  )

  test('OpenSSL reads what was encoded, and the other way round', () => {
    fc.assert(
      fc.property(bytes(0, 190), bytes(32), (message, seed) => {
        const mine = publicEncrypt(raw, encodeOaep(message, MODULUS, seed))
        assert.deepEqual(new Uint8Array(privateDecrypt({ key: privateKey, ...oaep }, mine)), message)
        const theirs = publicEncrypt({ key: DEVICE.certificate.publicKey, ...oaep }, message)
        assert.deepEqual(decodeOaep(DEVICE.decrypt(theirs)), message)
      }),
      { numRuns: 20 },
    )
  })

  test('any other block is null', () => {
    fc.assert(
      fc.property(bytes(0, 190), bytes(32), fc.nat(MODULUS - 1), fc.nat(7), (message, seed, at, bit) => {
        const block = encodeOaep(message, MODULUS, seed)
        block[at] = (block[at] ?? 0) ^ (1 << bit)
        assert.equal(decodeOaep(block), null)
      }),
    )
    fc.assert(fc.property(bytes(0, 300), (block) => assert.equal(decodeOaep(block), null)))
  })

  test('what does not fit is refused', () => {
    assert.throws(() => encodeOaep(new Uint8Array(191), MODULUS, new Uint8Array(32)), /at most 190 bytes/)
    assert.throws(
      () => encodeOaep(new Uint8Array(1), MODULUS, new Uint8Array(31)),
      /seed of 32, got 1 and 31/,
    )
  })
})

describe('EnvelopedData', () => {
  const cipher = fc.constantFrom<ContentCipher>('aes-128-cbc', 'des-ede3-cbc')

  test('what was sealed is opened, by the recipient alone', () => {
    fc.assert(
      fc.property(cipher, bytes(0, 100), fc.nat(255), (name, content, start) => {
        const sealed = parseEnveloped(sealEnveloped(content, DEVICE.certificate, name, counting(start)))
        assert.equal(sealed.cipher, name)
        assert.deepEqual(openEnveloped(sealed, DEVICE), content)
        assert.equal(openEnveloped(sealed, HOST), null)
      }),
      { numRuns: 20 },
    )
  })

  test('the same randomness seals to the same bytes', () => {
    const seal = () => sealEnveloped(fromHex('0102'), DEVICE.certificate, 'aes-128-cbc', counting(7))
    assert.deepEqual(seal(), seal())
  })

  test('keys that do not fit the modulus or the cipher are null', () => {
    const sealed = parseEnveloped(
      sealEnveloped(fromHex('01'), DEVICE.certificate, 'aes-128-cbc', counting(1)),
    )
    const tooLarge = new Uint8Array(256).fill(0xff)
    for (const encryptedKey of [new Uint8Array(255), new Uint8Array(257), tooLarge, new Uint8Array(256)])
      assert.equal(openEnveloped({ ...sealed, encryptedKey }, DEVICE), null)
    assert.equal(openEnveloped({ ...sealed, cipher: 'des-ede3-cbc', iv: new Uint8Array(8) }, DEVICE), null)
    assert.equal(openEnveloped({ ...sealed, encrypted: new Uint8Array(15) }, DEVICE), null)
  })

  const sha256 = algorithm(OID.sha256)
  const mgf1 = write.context(1, algorithm(OID.mgf1, sha256))
  const oaep = (...parameters: Uint8Array[]) => algorithm(OID.rsaesOaep, write.sequence(...parameters))
  const labelled = (label: string) =>
    write.context(2, algorithm(OID.pSpecified, write.octetString(fromHex(label))))
  const aes = algorithm(OID.aes128Cbc, write.octetString(new Uint8Array(16)))
  const shapes: readonly (readonly [
    what: string,
    oaep: Uint8Array,
    cipher: Uint8Array,
    error: RegExp | null,
  ])[] = [
    ['with the source of an empty label', oaep(write.context(0, sha256), mgf1, labelled('')), aes, null],
    ['with a label', oaep(write.context(0, sha256), mgf1, labelled('01')), aes, /empty label/],
    ['with the hash of the default, SHA-1', oaep(mgf1), aes, /hashAlgorithm with tag A0, got A1/],
    ['with MGF1 of SHA-1', oaep(write.context(0, sha256)), aes, /expected maskGenAlgorithm, got the end/],
    ['with RSA PKCS#1 v1.5', algorithm(OID.rsaEncryption), aes, /RSAES-OAEP with SHA-256, got 1\.2\.840/],
    ['with an IV too short', oaep(write.context(0, sha256), mgf1), algorithm(OID.aes128Cbc), /with its IV/],
    ['with another cipher', oaep(write.context(0, sha256), mgf1), algorithm(OID.sha256), /or des-ede3-cbc/],
  ]
  for (const [what, transport, content, error] of shapes) {
    test(what, () => {
      const id = write.sequence(write.sequence(), write.integer(1))
      const recipient = write.sequence(write.integer(0), id, transport, write.octetString(fromHex('01')))
      const info = write.sequence(write.oid(OID.data), content, write.encodeDer(0x80, fromHex('02')))
      const enveloped = write.sequence(write.integer(0), write.setOf(recipient), info)
      if (error === null) assert.equal(parseEnveloped(enveloped).cipher, 'aes-128-cbc')
      else assert.throws(() => parseEnveloped(enveloped), { name: 'DerError', message: error })
    })
  }
})

describe('SignedData', () => {
  const content = fromHex('010203')
  const extra = { [OID.randomNonce]: write.octetString(fromHex('0011223344556677')) }
  const token = buildSignedData(OID.envelopedData, content, HOST, extra, { crls: [write.sequence()] })

  test('is read as it was built', () => {
    const signed = parseSignedData(token)
    const [signer] = signed.signers
    if (signer === undefined) return assert.fail('no signer')
    assert.equal(signed.contentType, OID.envelopedData)
    assert.equal(toHex(signed.content ?? new Uint8Array()), '010203')
    assert.deepEqual(signed.crls.map(toHex), ['3000'])
    assert.deepEqual(signer.signer, identityOf(HOST.certificate))
    assert.equal(toHex(signer.attributes[OID.randomNonce] ?? content), '04080011223344556677')
    assert.equal(checkSignature(signed, signer, HOST.certificate.publicKey), null)
    assert.equal(checkSignature(signed, signer, DEVICE.certificate.publicKey), 'signature')
    assert.equal(
      checkSignature({ ...signed, content: fromHex('00') }, signer, HOST.certificate.publicKey),
      'digest',
    )
    assert.equal(
      checkSignature({ ...signed, contentType: OID.data }, signer, HOST.certificate.publicKey),
      'digest',
    )
    const bare = { ...signer, attributes: {} }
    assert.equal(checkSignature(signed, bare, HOST.certificate.publicKey), 'digest')
  })

  test('carries certificates without a signature', () => {
    const carrier = buildCarrier(null, { certificates: [HOST.certificate.raw] })
    const { certificates, signers, content: nothing } = parseSignedData(contentInfo(OID.signedData, carrier))
    assert.deepEqual(certificates.map(readCertificate).map(subjectOf), [subjectOf(HOST.certificate)])
    assert.deepEqual([signers, nothing], [[], null])
    assert.throws(() => readCertificate(fromHex('3000')), DerError)
  })

  test('arbitrary changes throw nothing but DerError', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(token)
        changed[at] = byte
        try {
          parseSignedData(changed)
        } catch (error) {
          assert.ok(error instanceof DerError, String(error))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('CRL', () => {
  const content: CrlContent = {
    number: 3,
    thisUpdate: new Date('2026-01-01T00:00:00Z'),
    nextUpdate: new Date('2026-02-01T00:00:00Z'),
    revoked: [{ serial: fromHex('1234'), at: new Date('2025-12-24T12:00:00Z') }],
  }
  const within = new Date('2026-01-15T00:00:00Z')
  const list = buildCrl(AUTHORITY, content)

  test('is read as it was built', () => {
    const crl = parseCrl(list)
    assert.deepEqual(crl.issuer, subjectOf(AUTHORITY.certificate))
    assert.deepEqual([crl.thisUpdate, crl.nextUpdate], [content.thisUpdate, content.nextUpdate])
    assert.deepEqual(crl.revoked, content.revoked)
    assert.deepEqual([isRevoked(crl, fromHex('1234')), isRevoked(crl, fromHex('1235'))], [true, false])
    assert.deepEqual(parseCrl(buildCrl(AUTHORITY, { ...content, revoked: [] })).revoked, [])
  })

  test("is the authority's, and of its time", () => {
    const crl = parseCrl(list)
    const { certificate } = AUTHORITY
    assert.equal(checkCrl(crl, certificate, within), null)
    assert.equal(checkCrl(crl, DEVICE.certificate, within), 'untrusted')
    assert.equal(
      checkCrl(parseCrl(buildCrl({ ...HOST, certificate }, content)), certificate, within),
      'untrusted',
    )
    assert.equal(checkCrl(crl, certificate, new Date('2025-12-31T23:59:59Z')), 'expired')
    assert.equal(checkCrl(crl, certificate, new Date('2026-02-01T00:00:01Z')), 'expired')
  })

  test('with a critical extension, or without an end, is refused', () => {
    const critical = write.encodeDer(TAG.boolean, Uint8Array.of(0xff))
    const extension = write.sequence(write.oid(OID.crlNumber), critical, write.octetString(new Uint8Array()))
    const signature = algorithm(OID.sha256WithRsaEncryption)
    const start = [write.integer(1), signature, write.sequence(), write.timeOf(content.thisUpdate)]
    const signed = (...tbs: Uint8Array[]) =>
      write.sequence(write.sequence(...tbs), signature, write.bitString(new Uint8Array(1)))
    const end = write.timeOf(content.nextUpdate)
    const extensions = write.context(0, write.sequence(extension))
    assert.throws(() => parseCrl(signed(...start, end, extensions)), /no critical extensions/)
    assert.throws(() => parseCrl(signed(...start)), /expected nextUpdate/)
    assert.equal(parseCrl(signed(...start, end)).revoked.length, 0)
  })

  test('any flipped bit is refused', () => {
    fc.assert(
      fc.property(fc.nat(list.length - 1), fc.nat(7), (at, bit) => {
        const changed = Uint8Array.from(list)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        try {
          assert.equal(checkCrl(parseCrl(changed), AUTHORITY.certificate, within), 'untrusted')
        } catch (error) {
          assert.ok(error instanceof DerError, String(error))
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('a name is read from a certificate as it stands there', () => {
  const { issuer, serial } = identityOf(HOST.certificate)
  assert.equal(toHex(serial), HOST.certificate.serialNumber)
  assert.deepEqual(issuer, subjectOf(AUTHORITY.certificate))
  assert.equal(parseDer(issuer).tag, TAG.sequence)
})
