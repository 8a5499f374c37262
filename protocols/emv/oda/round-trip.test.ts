import assert from 'node:assert/strict'
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../../fixtures/vectors/emv-oda.json' with { type: 'json' }
import { concat, equal, fromHex } from '../../bytes/bytes.ts'
import { caKeyChecksum, caKeyStore } from './ca-key.ts'
import {
  type Certificate,
  type CertificateRequest,
  ICC_CERTIFICATE,
  ISSUER_CERTIFICATE,
  issueCertificate,
  openCertificate,
  PIN_CERTIFICATE,
} from './certificate.ts'
import {
  type CombinedData,
  signCombinedData,
  signDynamicData,
  transactionDataHash,
  verifyCombinedData,
  verifyDynamicData,
} from './dynamic-data.ts'
import { decipherPin, encipherPin } from './enciphered-pin.ts'
import { panId, verifyIccCertificate, verifyPinCertificate } from './icc-certificate.ts'
import { verifyIssuerCertificate } from './issuer-certificate.ts'
import { type Checked, ODA_REASONS, type OdaReason } from './reasons.ts'
import { responseObjects } from './response-objects.ts'
import {
  type RsaPrivateKey,
  type RsaPublicKey,
  rememberingImport,
  rsaPrivateKey,
  rsaPublicKey,
  rsaSign,
} from './rsa.ts'
import { signData } from './signed-data.ts'
import { signStaticData, staticDataToAuthenticate, verifyStaticData } from './static-data.ts'

interface Pair {
  priv: RsaPrivateKey
  pub: RsaPublicKey
}

/** Keys of 1408, 1408 and 1024 bits: published, so that no key is made for each run. */
const CA = publishedPair('certification authority')
const ISSUER = publishedPair('issuer')
const ICC = publishedPair('card')

const RID = fromHex('AFFFFFFFFF')
const PAN = '1234560012345608'
const TODAY = fromHex('261121')
const NONE: Uint8Array = new Uint8Array()
const UN = fromHex('01234567')
const STATIC = fromHex('5F24032912315A081234560012345608')
const CA_KEY = { rid: RID, index: 0x92, key: CA.pub }
const ISSUER_CHECK = { pan: PAN, date: TODAY }
const ICC_CHECK = { pan: PAN, date: TODAY, staticData: STATIC }

const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength })
const counter = (length: number) => Uint8Array.from({ length }, (_, index) => index)

/** Reasons that the cases of this file have met: in the end, all that there are. */
const met = new Set<string>()

describe('certificates', () => {
  test('are verified for every length of authority, issuer and card key', () => {
    for (const [ca, issuer, icc, exponent] of [
      [1984, 1984, 1984, 3],
      [1152, 1024, 1024, 65537],
      [1408, 1032, 768, 3],
      [1024, 1024, 512, 65537],
    ] as const) {
      const [one, two, three] = [madePair(ca, exponent), madePair(issuer, exponent), madePair(icc, exponent)]
      const issued = issueCertificate(ISSUER_CERTIFICATE, one.priv, request(two.pub, fromHex('123456FF')))
      const verified = proved(verifyIssuerCertificate({ ...CA_KEY, key: one.pub }, issued, ISSUER_CHECK))
      assert.deepEqual(verified.key.modulus, two.pub.modulus)
      const card = issueCertificate(ICC_CERTIFICATE, two.priv, request(three.pub, panId(PAN), STATIC))
      assert.equal(card.certificate.length, issuer / 8)
      assert.deepEqual(
        proved(verifyIccCertificate(verified.key, card, ICC_CHECK)).key.modulus,
        three.pub.modulus,
      )
      const forPin = issueCertificate(PIN_CERTIFICATE, two.priv, request(three.pub, panId(PAN)))
      assert.deepEqual(
        proved(verifyPinCertificate(verified.key, forPin, ICC_CHECK)).key.modulus,
        three.pub.modulus,
      )
    }
  })

  test('one bit of certificate, remainder, exponent or static data refuses them', () => {
    const issuer = issuerCertificate()
    const icc = iccCertificate()
    const part = fc.constantFrom<keyof Certificate>('certificate', 'remainder', 'exponent')
    fc.assert(
      fc.property(part, fc.nat(), (name, at) => {
        const broken = { ...issuer, [name]: flip(issuer[name], at) }
        assert.equal(verifyIssuerCertificate(CA_KEY, broken, ISSUER_CHECK).ok, false)
        // The card's modulus fits into its certificate: there is no remainder to break.
        const other = name === 'remainder' ? 'certificate' : name
        const brokenIcc = { ...icc, [other]: flip(icc[other], at) }
        assert.equal(verifyIccCertificate(ISSUER.pub, brokenIcc, ICC_CHECK).ok, false)
        const check = { ...ICC_CHECK, staticData: flip(STATIC, at) }
        refused(verifyIccCertificate(ISSUER.pub, icc, check), 'hash_wrong')
      }),
    )
    assert.equal(issuer.remainder.length, 36)
    assert.ok(verifyIssuerCertificate(CA_KEY, issuer, ISSUER_CHECK).ok)
    assert.ok(verifyIccCertificate(ISSUER.pub, icc, ICC_CHECK).ok)
  })

  test('each rule refuses for its own reason', () => {
    const issuer = (change: Partial<CertificateRequest> = {}) =>
      issueCertificate(ISSUER_CERTIFICATE, CA.priv, {
        ...request(ISSUER.pub, fromHex('123456FF')),
        ...change,
      })
    const verify = (certificate: Certificate, check = {}) =>
      verifyIssuerCertificate(CA_KEY, certificate, { ...ISSUER_CHECK, ...check })
    refused(verify(issuer({ id: fromHex('123457FF') })), 'issuer_mismatch')
    refused(verify(issuer({ id: fromHex('12FFFFFF') })), 'issuer_mismatch')
    refused(verify(issuer({ expiry: fromHex('1026') })), 'certificate_expired')
    assert.ok(verify(issuer({ expiry: fromHex('1126') })).ok, 'the month of expiry counts as valid')
    refused(verify(issuer({ expiry: fromHex('1399') })), 'certificate_expired')
    refused(verify(issuer({ expiry: fromHex('FFFF') })), 'certificate_expired')
    refused(verify(issuer(), { date: fromHex('991340') }), 'certificate_expired')
    const isRevoked = (_ca: object, serial: Uint8Array) => equal(serial, fromHex('000001'))
    refused(verify(issuer(), { isRevoked }), 'certificate_revoked')
    refused(verify({ ...issuer(), certificate: NONE }), 'length_wrong')
    refused(verify(issuer({ exponent: Uint8Array.of(1) })), 'key_unusable')
    const icc = (check: object) =>
      verifyIccCertificate(ISSUER.pub, iccCertificate(), { ...ICC_CHECK, ...check })
    refused(icc({ pan: '1234560012345616' }), 'pan_mismatch')
    refused(icc({ date: fromHex('300101') }), 'certificate_expired')
    refused(icc({ staticData: NONE }), 'hash_wrong')
  })

  test('a certificate signed with wrong indicators is refused for them', () => {
    // Format, identifier, expiry, serial; then hash algorithm, key algorithm, key length, exponent length.
    const signed = (format: number, indicators: string, filler = 140) => {
      const start = fromHex(`${format.toString(16).padStart(2, '0')}123456FF1229000001${indicators}`)
      const content = concat(start, new Uint8Array(filler).fill(0xc1))
      const certificate = signData(CA.priv, content, Uint8Array.of(3))
      return verifyIssuerCertificate(
        CA_KEY,
        { certificate, remainder: NONE, exponent: Uint8Array.of(3) },
        ISSUER_CHECK,
      )
    }
    refused(signed(4, '01018C01'), 'format_wrong')
    refused(signed(2, '02018C01'), 'hash_algorithm_unknown')
    refused(signed(2, '01028C01'), 'key_algorithm_unknown')
    refused(signed(2, '0101B001'), 'key_length_wrong')
    refused(signed(2, '01018C03'), 'key_length_wrong')
    refused(signed(2, '01010001'), 'key_unusable')
    assert.ok(signed(2, '01018C01').ok)
    const block = (header: number) => {
      const bare = new Uint8Array(CA.priv.length).fill(0x11)
      bare.set([header], 0)
      bare.set([0xbc], bare.length - 1)
      return openCertificate(ISSUER_CERTIFICATE, CA.pub, rsaSign(CA.priv, bare))
    }
    refused(block(0x6b), 'header_wrong')
    const other = verifyIssuerCertificate({ ...CA_KEY, key: ISSUER.pub }, issuerCertificate(), ISSUER_CHECK)
    refused(other, 'trailer_wrong')
  })

  test('a request whose fields do not fit throws', () => {
    const wrong = { ...request(ICC.pub, panId(PAN)), serial: NONE }
    assert.throws(
      () => issueCertificate(ICC_CERTIFICATE, ISSUER.priv, wrong),
      /10, 2 and 3 bytes, got 10, 2 and 0/,
    )
  })
})

describe('authority keys', () => {
  const fields = { rid: RID, index: 0x92, modulus: CA.pub.modulus, exponent: CA.pub.exponent }
  const entry = { ...fields, checksum: caKeyChecksum(fields), expiry: fromHex('261231') }

  test('are found by RID and index until their last day', () => {
    const store = caKeyStore([entry])
    assert.ok(store(RID, 0x92, fromHex('261231')).ok)
    refused(store(RID, 0x92, fromHex('270101')), 'ca_key_expired')
    refused(store(RID, 0x93, TODAY), 'ca_key_missing')
    refused(store(fromHex('A000000003'), 0x92, TODAY), 'ca_key_missing')
  })

  test('are refused when checksum or numbers are wrong', () => {
    const wrong = caKeyStore([{ ...entry, modulus: flip(entry.modulus, 9) }])
    refused(wrong(RID, 0x92, TODAY), 'ca_key_checksum')
    const even = { ...fields, exponent: Uint8Array.of(2) }
    const unusable = caKeyStore([{ ...even, checksum: caKeyChecksum(even), expiry: null }])
    refused(unusable(RID, 0x92, TODAY), 'key_unusable')
  })
})

describe('static data', () => {
  test('are proved as a whole, and no bit of them else', () => {
    fc.assert(
      fc.property(bytes(2), bytes(1, 100), fc.nat(), (code, data, at) => {
        const signed = signStaticData(ISSUER.priv, code, data)
        assert.deepEqual(proved(verifyStaticData(ISSUER.pub, signed, data)).dataAuthenticationCode, code)
        refused(verifyStaticData(ISSUER.pub, signed, flip(data, at)), 'hash_wrong')
        assert.equal(verifyStaticData(ISSUER.pub, flip(signed, at), data).ok, false)
      }),
      { numRuns: 30 },
    )
  })

  test('are taken from records as the specification says', () => {
    const record = fromHex('70045F340101')
    const aip = fromHex('3C00')
    const of = (sfi: number, tagList: Uint8Array | null = null, bytesOf = record) =>
      staticDataToAuthenticate([{ sfi, bytes: bytesOf }], tagList, aip)
    assert.deepEqual(proved(of(10)).data, fromHex('5F340101'))
    assert.deepEqual(proved(of(11)).data, record)
    assert.deepEqual(proved(of(1, fromHex('82'))).data, fromHex('5F3401013C00'))
    refused(of(1, fromHex('95')), 'tag_list_wrong')
    refused(of(1, NONE), 'tag_list_wrong')
    for (const wrong of ['77045F340101', '70055F340101', '70045F3401017000', ''])
      refused(of(1, null, fromHex(wrong)), 'record_not_template_70')
  })
})

describe('dynamic data', () => {
  const dynamicNumber = bytes(2, 8)

  test('DDA proves the dynamic number and the data of the terminal', () => {
    fc.assert(
      fc.property(dynamicNumber, bytes(0, 30), fc.nat(), (number, ddolData, at) => {
        const signed = signDynamicData(ICC.priv, number, ddolData)
        assert.deepEqual(proved(verifyDynamicData(ICC.pub, signed, ddolData)).dynamicNumber, number)
        refused(verifyDynamicData(ICC.pub, signed, concat(ddolData, Uint8Array.of(0))), 'hash_wrong')
        assert.equal(verifyDynamicData(ICC.pub, flip(signed, at), ddolData).ok, false)
      }),
      { numRuns: 30 },
    )
  })

  test('CDA proves cryptogram, CID and every part of the transaction', () => {
    const parts = fc.constantFrom('pdolData', 'cdol1Data', 'cdol2Data', 'responseObjects')
    fc.assert(
      fc.property(
        dynamicNumber,
        bytes(8),
        bytes(1, 30),
        bytes(0, 18),
        parts,
        (number, cryptogram, data, further, part) => {
          const transaction = { pdolData: data, cdol1Data: data, cdol2Data: data, responseObjects: data }
          const transactionData = transactionDataHash(transaction)
          const content = {
            dynamicNumber: number,
            cid: 0x80,
            cryptogram,
            transactionDataHash: transactionData,
            further,
          }
          const signed = signCombinedData(ICC.priv, content, UN)
          const check = { unpredictableNumber: UN, cid: 0x80, transactionDataHash: transactionData }
          const verify = (change: object) => verifyCombinedData(ICC.pub, signed, { ...check, ...change })
          const proof = proved(verify({}))
          assert.deepEqual(proof, { ok: true, dynamicNumber: number, cryptogram, further })
          const changed = transactionDataHash({ ...transaction, [part]: flip(data, 3) })
          refused(verify({ transactionDataHash: changed }), 'transaction_hash_wrong')
          refused(verify({ cid: 0x40 }), 'cid_mismatch')
          refused(verify({ unpredictableNumber: flip(UN, 0) }), 'hash_wrong')
        },
      ),
      { numRuns: 30 },
    )
  })

  test('signed data of another form are refused', () => {
    const signed = (dynamicData: string, algorithm = '01', length = dynamicData.length / 2) => {
      const start = fromHex(`05${algorithm}${length.toString(16).padStart(2, '0')}${dynamicData}`)
      const filler = new Uint8Array(ICC.priv.length - 22 - start.length).fill(0xbb)
      return signData(ICC.priv, concat(start, filler), UN)
    }
    const dda = (block: Uint8Array) => verifyDynamicData(ICC.pub, block, UN)
    refused(dda(signed('020102', '02')), 'hash_algorithm_unknown')
    for (const malformed of ['0101', '09010203040506070809', '0301', ''])
      refused(dda(signed(malformed)), 'dynamic_data_malformed')
    refused(dda(signed('020102', '01', 0xff)), 'dynamic_data_malformed')
    assert.ok(dda(signed('020102')).ok)
    const check = { unpredictableNumber: UN, cid: 0x80, transactionDataHash: new Uint8Array(20) }
    refused(verifyCombinedData(ICC.pub, signed('020102'), check), 'dynamic_data_malformed')
  })

  test('a card that signs too much throws', () => {
    const hash = createHash('sha1').digest()
    const data: CombinedData = {
      dynamicNumber: counter(8),
      cid: 0,
      cryptogram: counter(8),
      transactionDataHash: hash,
    }
    const sign = (change: Partial<CombinedData>) => signCombinedData(ICC.priv, { ...data, ...change }, UN)
    assert.throws(() => sign({ further: counter(99) }), /at most 103 bytes of ICC dynamic data, got 137/)
    assert.throws(() => sign({ dynamicNumber: counter(1) }), /2 to 8 bytes, got 1/)
    assert.throws(() => sign({ cryptogram: counter(7) }), /8 and 20 bytes, got 7 and 20/)
  })

  test('the response is hashed as it was sent, without the signature', () => {
    const objects = (response: string) => responseObjects(fromHex(response))
    assert.deepEqual(proved(objects('770C9F2701809F4B02AAAA8A01FF')).objects, fromHex('9F2701808A01FF'))
    // A length coded longer than need be stays as it is.
    assert.deepEqual(proved(objects('77099F278101809F4B01AA')).objects, fromHex('9F27810180'))
    for (const wrong of ['800101', '7705', '77008000', '']) refused(objects(wrong), 'response_malformed')
  })
})

describe('enciphered PIN', () => {
  const pinBlock = fromHex('241234FFFFFFFFFF')
  const challenge = counter(8)

  test('reaches the card that gave the challenge, once', () => {
    fc.assert(
      fc.property(bytes(128), fc.nat(), (noise, at) => {
        const enciphered = encipherPin(ICC.pub, pinBlock, challenge, (length) => noise.slice(0, length))
        assert.deepEqual(proved(decipherPin(ICC.priv, enciphered, challenge)).pinBlock, pinBlock)
        refused(decipherPin(ICC.priv, enciphered, flip(challenge, at)), 'pin_challenge_mismatch')
        assert.equal(decipherPin(ICC.priv, flip(enciphered, at), challenge).ok, false)
      }),
      { numRuns: 30 },
    )
    refused(decipherPin(ICC.priv, NONE, challenge), 'length_wrong')
    refused(decipherPin(ICC.priv, new Uint8Array(128), challenge), 'header_wrong')
  })

  test('parts that do not fit throw', () => {
    assert.throws(() => encipherPin(ICC.pub, pinBlock, NONE, counter), /8 bytes each, got 8 and 0/)
    assert.throws(() => encipherPin(ICC.pub, pinBlock, challenge, () => NONE), /padding to its length, got 0/)
  })
})

describe('RSA keys', () => {
  test('a remembering import gives the same key until others came', () => {
    const importKey = rememberingImport(2)
    const [first, second, third] = [CA.pub, ISSUER.pub, ICC.pub].map(
      ({ modulus, exponent }) =>
        () =>
          importKey(modulus, exponent),
    ) as [() => RsaPublicKey | null, () => RsaPublicKey | null, () => RsaPublicKey | null]
    const kept = first()
    assert.equal(first(), kept)
    second()
    assert.equal(first(), kept, 'used again, it is the younger one')
    third()
    assert.equal(first(), kept)
    second()
    third()
    assert.notEqual(first(), kept)
    assert.equal(importKey(NONE, NONE), null)
  })

  test('what is no RSA private key of whole bytes throws', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    assert.throws(() => rsaPrivateKey(privateKey), /RSA private key of whole bytes, got ec/)
    assert.throws(() => rsaPrivateKey(CA.pub.key), /RSA private key/)
    assert.throws(() => rsaSign(ICC.priv, NONE), /block of 128 bytes to sign, got 0/)
  })
})

test('no bytes from a card make a check throw', () => {
  const blob = fc.oneof(bytes(0, 300), bytes(176), bytes(128))
  fc.assert(
    fc.property(blob, bytes(0, 300), bytes(0, 4), bytes(0, 300), (signed, modulus, exponent, more) => {
      const certificate = { certificate: signed, remainder: more, exponent }
      const odd = rsaPublicKey(modulus, exponent.length % 2 === 0 ? Uint8Array.of(3) : exponent)
      const keys = [ISSUER.pub, ICC.pub, ...(odd === null ? [] : [odd])]
      const check = { unpredictableNumber: more, cid: 0x80, transactionDataHash: more }
      for (const key of keys) {
        assert.equal(verifyIssuerCertificate({ ...CA_KEY, key }, certificate, ISSUER_CHECK).ok, false)
        assert.equal(verifyIccCertificate(key, certificate, ICC_CHECK).ok, false)
        assert.equal(verifyPinCertificate(key, certificate, ICC_CHECK).ok, false)
        assert.equal(verifyStaticData(key, signed, more).ok, false)
        assert.equal(verifyDynamicData(key, signed, more).ok, false)
        assert.equal(verifyCombinedData(key, signed, check).ok, false)
      }
      assert.equal(decipherPin(ICC.priv, signed, more.slice(0, 8)).ok, false)
      void responseObjects(signed)
      void staticDataToAuthenticate([{ sfi: 1, bytes: signed }], more, more)
    }),
  )
})

test('every reason was met', () => assert.deepEqual([...met].sort(), Object.keys(ODA_REASONS).sort()))

function issuerCertificate(): Certificate {
  return issueCertificate(ISSUER_CERTIFICATE, CA.priv, request(ISSUER.pub, fromHex('123456FF')))
}

function iccCertificate(): Certificate {
  return issueCertificate(ICC_CERTIFICATE, ISSUER.priv, request(ICC.pub, panId(PAN), STATIC))
}

function request({ modulus, exponent }: RsaPublicKey, id: Uint8Array, staticData = NONE): CertificateRequest {
  return { id, expiry: fromHex('1229'), serial: fromHex('000001'), modulus, exponent, staticData }
}

function publishedPair(role: string): Pair {
  const vector = file.vectors.find((other) => 'role' in other && other.role === role)
  return pairOf(createPrivateKey(vector?.privateKeyPem ?? assert.fail(`no key of ${role}`)))
}

function madePair(modulusLength: number, publicExponent: number): Pair {
  return pairOf(generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey)
}

function pairOf(key: KeyObject): Pair {
  const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' })
  const [modulus, exponent] = [n, e].map((part) => new Uint8Array(Buffer.from(part, 'base64url')))
  const pub = rsaPublicKey(modulus ?? NONE, exponent ?? NONE) ?? assert.fail('numbers make no key')
  return { priv: rsaPrivateKey(key), pub }
}

function flip(value: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(value)
  const index = at % copy.length
  copy[index] = (copy[index] ?? 0) ^ (1 << ((at >> 8) % 8))
  return copy
}

function proved<T>(checked: Checked<T>): { ok: true } & T {
  return checked.ok ? checked : assert.fail(`${checked.section}: ${checked.text}`)
}

function refused(checked: Checked<object>, reason: OdaReason): void {
  assert.equal(checked.ok ? 'accepted' : checked.reason, reason)
  if (checked.ok) return
  met.add(checked.reason)
  assert.match(checked.section, /^EMV 4\.4 Book [23], /)
}
