import assert from 'node:assert/strict'
import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  privateDecrypt,
  sign,
  X509Certificate,
} from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../../fixtures/vectors/tr34.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../../bytes/bytes.ts'
import { algorithm } from '../../cms/algorithm.ts'
import { buildCrl, type CrlContent } from '../../cms/crl.ts'
import { type ContentCipher, openEnveloped, parseEnveloped, sealEnveloped } from '../../cms/enveloped-data.ts'
import {
  identityOf,
  type ReceivingParty,
  readCertificate,
  type SigningParty,
  subjectOf,
} from '../../cms/identity.ts'
import { OID } from '../../cms/oids.ts'
import { type Attributes, buildSignedData, parseSignedData } from '../../cms/signed-data.ts'
import * as write from '../../der/writer.ts'
import type { Verdict } from '../../verdict/verdict.ts'
import { buildCredentialToken, openCredentialToken } from './credential-token.ts'
import { readTr34KeyBlock, writeTr34KeyBlock } from './key-block.ts'
import { buildKeyToken, type ExpectedFreshness, type KeyToSend, openKeyToken } from './key-token.ts'
import { buildRandomToken, openRandomToken } from './random-token.ts'
import { TR34_REASONS, type Tr34Reason } from './reasons.ts'
import { buildReleaseToken, type ExpectedRelease, openRebindToken, openUnbindToken } from './release-token.ts'
import type { Trust } from './trust.ts'

interface Vector {
  id: string
  kind: string
  pem: string
  privateKeyPem?: string
  subject: string
  issuer: string
  serialHex: string
  notBefore: string
  notAfter: string
  sha256: string
  rsaModulusBits: number
  signedBy: string
  signatureValid: boolean
  token: string
  signer: string
  recipient: string
  randomNumber?: string
  keyBlockHeader: string
  contentEncryption: ContentCipher
  envelopedData: string
  cmsVerifies: boolean
  der: string
  certificateSha256: string
  certificateSerialHex: string
  expect: { contentKey: string; iv: string; keyBlockDer: string; key: string; accepted: boolean }
}

const vectors = file.vectors as unknown as readonly Vector[]
const NOW = new Date('2026-06-01T12:00:00Z')

const kdh = party('clover-tr34_kdh_1_cert')
const otherKdh = party('clover-tr34_kdh_2_cert')
const kdhCa = party('clover-tr34_kdh_ca_cert')
const krd = party('clover-tr34_krd_1_cert')
const krdCa = party('clover-tr34_krd_ca_cert')
const root = party('clover-tr34_root_cert')

const hostTrust: Trust = {
  issuers: [kdhCa.certificate, root.certificate],
  at: NOW,
  crl: 'optional',
}
const deviceTrust: Trust = { ...hostTrust, issuers: [krdCa.certificate, root.certificate] }
const binding = { kdh: kdh.certificate, trust: hostTrust }

function vectorOf(id: string): Vector {
  return vectors.find((vector) => vector.id === id) ?? assert.fail(`no vector ${id}`)
}

function party(id: string): SigningParty & ReceivingParty {
  const { pem, privateKeyPem = '' } = vectorOf(id)
  return partyOf(new X509Certificate(pem), createPrivateKey(privateKeyPem))
}

function partyOf(
  certificate: X509Certificate,
  key: ReturnType<typeof createPrivateKey>,
): SigningParty & ReceivingParty {
  return {
    certificate,
    sign: (data) => new Uint8Array(sign('sha256', data, key)),
    decrypt: (block) => new Uint8Array(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block)),
  }
}

function pemBytes(pem: string): Uint8Array {
  return new Uint8Array(Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64'))
}

/** A repeatable stand-in for randomness. */
function counting(start: number): (length: number) => Uint8Array {
  let next = start
  return (length) => Uint8Array.from({ length }, () => next++ & 0xff)
}

function contentOf<T>(verdict: Verdict<T, Tr34Reason>): T {
  return verdict.valid ? verdict.value : assert.fail(`${verdict.reason}: ${verdict.detail}`)
}

function reasonOf(verdict: Verdict<unknown, Tr34Reason>): Tr34Reason | 'taken' {
  return verdict.valid ? 'taken' : verdict.reason
}

function freshnessOf({ randomNumber }: Vector): ExpectedFreshness {
  return randomNumber === undefined ? { after: null } : { randomNumber: fromHex(randomNumber) }
}

const BAD_TOKENS: Readonly<Record<string, Tr34Reason>> = {
  'bad-content-changed': 'digest',
  'bad-signer-key': 'signature',
  'bad-random': 'random-wrong',
  'bad-other-kdh': 'signer-unknown',
  'bad-header': 'header-mismatch',
  'bad-recipient': 'recipient-wrong',
}

const RUNNERS: Readonly<Record<string, (vector: Vector) => void>> = {
  'credential-clover': (v) => {
    certificateRead(v)
    assert.equal(reasonOf(credentialAt(v, NOW)), 'taken')
  },
  'credential-asc': (v) => {
    certificateRead(v)
    // It repeats extensions, which RFC 5280, 4.2 forbids.
    const irregular = v.id === 'asc-sample_kdh_1_cert' ? 'certificate-irregular' : null
    const expired = new Date(v.notAfter) < NOW ? 'certificate-expired' : 'taken'
    assert.equal(reasonOf(credentialAt(v, new Date('2015-01-01T00:00:00Z'))), irregular ?? 'taken')
    assert.equal(reasonOf(credentialAt(v, NOW)), irregular ?? expired)
  },
  'key-token-2pass': keyReceived,
  'key-token-1pass': keyReceived,
  'key-token-bad': (v) => {
    const reason = reasonOf(openKeyToken(pemBytes(v.token), krd, binding, freshnessOf(v)))
    assert.equal(reason, BAD_TOKENS[v.id])
    assert.equal(reason === 'digest' || reason === 'signature', !v.cmsVerifies)
  },
  'random-number-token': (v) => {
    const random = fromHex(v.randomNumber ?? '')
    assert.equal(toHex(buildRandomToken(random)), v.der)
    assert.deepEqual(contentOf(openRandomToken(fromHex(v.der))), random)
  },
  'credential-token': (v) => {
    const certificate = contentOf(openCredentialToken(pemBytes(v.pem), deviceTrust))
    assert.equal(
      createHash('sha256').update(certificate.raw).digest('hex').toUpperCase(),
      v.certificateSha256,
    )
    assert.equal(certificate.serialNumber, v.certificateSerialHex)
    assert.equal(toHex(buildCredentialToken(certificate)), toHex(pemBytes(v.pem)))
    assert.equal(reasonOf(openCredentialToken(pemBytes(v.pem), hostTrust)), 'certificate-untrusted')
  },
}

describe('tr34.json', () => {
  let run = 0
  for (const vector of vectors) {
    test(`${vector.kind} ${vector.id}`, () => {
      const runner = RUNNERS[vector.kind]
      if (runner === undefined) assert.fail(`no runner for ${vector.kind}`)
      runner(vector)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

function certificateRead(v: Vector): void {
  const certificate = readCertificate(pemBytes(v.pem))
  const { issuer, serial } = identityOf(certificate)
  const issuedBy = new X509Certificate(issuerOf(v).pem)
  assert.equal(toHex(serial).replace(/^00/, ''), v.serialHex)
  assert.deepEqual(issuer, subjectOf(issuedBy))
  assert.deepEqual(certificate.subject.split('\n'), v.subject.split(', '))
  assert.deepEqual(certificate.issuer.split('\n'), v.issuer.split(', '))
  assert.deepEqual(certificate.validFromDate, new Date(v.notBefore))
  assert.deepEqual(certificate.validToDate, new Date(v.notAfter))
  assert.equal(createHash('sha256').update(certificate.raw).digest('hex').toUpperCase(), v.sha256)
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.modulusLength, v.rsaModulusBits)
  assert.equal(certificate.verify(issuedBy.publicKey), v.signatureValid)
  if (v.privateKeyPem !== undefined) assert.ok(certificate.checkPrivateKey(createPrivateKey(v.privateKeyPem)))
}

function issuerOf(v: Vector): Vector {
  return vectorOf(`${v.kind.replace('credential-', '')}-${v.signedBy}`)
}

function credentialAt(v: Vector, at: Date): Verdict<X509Certificate, Tr34Reason> {
  const issuers = [new X509Certificate(issuerOf(v).pem), new X509Certificate(issuerOf(issuerOf(v)).pem)]
  const token = buildCredentialToken(new X509Certificate(v.pem))
  return openCredentialToken(token, { issuers, at, crl: 'optional' })
}

function keyReceived(v: Vector): void {
  const received = contentOf(openKeyToken(pemBytes(v.token), krd, binding, freshnessOf(v)))
  assert.equal(toHex(received.key), v.expect.key)
  const { version, usage, algorithm: letter, mode, keyVersion, exportability } = received.header
  assert.equal(v.keyBlockHeader, `${version}0256${usage}${letter}${mode}${keyVersion}${exportability}0000`)

  const { content } = parseSignedData(pemBytes(v.token))
  const enveloped = parseEnveloped(content ?? new Uint8Array())
  assert.equal(toHex(content ?? new Uint8Array()), v.envelopedData)
  assert.equal(enveloped.cipher, v.contentEncryption)
  assert.equal(toHex(enveloped.iv), v.expect.iv)
  const block = openEnveloped(enveloped, krd) ?? assert.fail('not opened')
  assert.equal(toHex(block), v.expect.keyBlockDer)
  assert.equal(toHex(writeTr34KeyBlock(readTr34KeyBlock(block))), v.expect.keyBlockDer)
}

const RANDOM = fromHex('00112233445566778899AABBCCDDEEFF')
const KEY: KeyToSend = {
  key: new Uint8Array(16).fill(0x5a),
  header: 'D0016K1AB00E0000',
  cipher: 'aes-128-cbc',
}
const CRL: CrlContent = {
  number: 1,
  thisUpdate: new Date('2026-05-01T00:00:00Z'),
  nextUpdate: new Date('2026-07-01T00:00:00Z'),
  revoked: [],
}

function keyToken(change: Partial<KeyToSend> = {}, signer = kdh, recipient = krd): Uint8Array {
  return buildKeyToken(
    { ...KEY, ...change },
    signer,
    recipient.certificate,
    { randomNumber: RANDOM },
    counting(1),
  )
}

function received(
  token: Uint8Array,
  expected: ExpectedFreshness = { randomNumber: RANDOM },
  trust: Partial<Trust> = {},
) {
  return openKeyToken(token, krd, { kdh: kdh.certificate, trust: { ...hostTrust, ...trust } }, expected)
}

/** A token whose inside and attributes are chosen freely. */
function forgedToken(change: {
  kdh?: SigningParty
  inside?: string
  attributes?: Attributes
  content?: Uint8Array
}) {
  const { inside = KEY.header, attributes = {} } = change
  const header = Buffer.from(inside)
  const block = writeTr34KeyBlock({ kdh: identityOf((change.kdh ?? kdh).certificate), key: KEY.key, header })
  const content = change.content ?? sealEnveloped(block, krd.certificate, 'aes-128-cbc', counting(1))
  const usual = {
    [OID.data]: write.octetString(Buffer.from(KEY.header)),
    [OID.randomNonce]: write.octetString(RANDOM),
  }
  return received(buildSignedData(OID.envelopedData, content, kdh, { ...usual, ...attributes }))
}

function onePass(signedAt: string, after: string | null): Verdict<unknown, Tr34Reason> {
  const time = { signingTime: new Date(signedAt) }
  const token = buildKeyToken(KEY, kdh, krd.certificate, time, counting(1))
  return received(token, { after: after === null ? null : new Date(after) })
}

/** A certificate without extensions, as nobody should issue it. */
function weakCertificate(): X509Certificate {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const signature = algorithm(OID.sha256WithRsaEncryption)
  const names = [
    subjectOf(kdhCa.certificate),
    write.sequence(write.timeOf(new Date('2025-01-01')), write.timeOf(new Date('2027-01-01'))),
  ]
  const key = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
  const tbs = write.sequence(write.integer(1), signature, ...names, write.sequence(), key)
  return new X509Certificate(write.sequence(tbs, signature, write.bitString(kdhCa.sign(tbs))))
}

const revocation = { serial: identityOf(kdh.certificate).serial, at: new Date('2026-05-02T00:00:00Z') }
const flipped = (token: Uint8Array, at: number) => token.with(at, (token.at(at) ?? 0) ^ 1)
const byHost: ExpectedRelease = {
  krd: krd.certificate,
  signer: kdh.certificate,
  by: { randomNumber: RANDOM },
  trust: hostTrust,
}
const byAuthority: ExpectedRelease = {
  ...byHost,
  signer: krdCa.certificate,
  by: { kdh: kdh.certificate },
  trust: { ...deviceTrust, issuers: [root.certificate] },
}

/** For each reason a token that is refused for it. */
const REFUSED: Readonly<Record<Tr34Reason, () => Verdict<unknown, Tr34Reason>>> = {
  malformed: () => received(new Uint8Array(20)),
  'signer-unknown': () => received(keyToken({}, otherKdh)),
  digest: () => forgedToken({ attributes: { [OID.messageDigest]: write.octetString(new Uint8Array(32)) } }),
  signature: () => received(flipped(keyToken(), -1)),
  'certificate-untrusted': () => received(keyToken(), undefined, { issuers: deviceTrust.issuers }),
  'certificate-irregular': () => credentialAt(vectorOf('asc-sample_kdh_1_cert'), NOW),
  'certificate-weak': () => openCredentialToken(buildCredentialToken(weakCertificate()), hostTrust),
  'certificate-early': () => received(keyToken(), undefined, { at: new Date('2020-01-01T00:00:00Z') }),
  'certificate-expired': () => received(keyToken(), undefined, { at: new Date('2039-01-01T00:00:00Z') }),
  'certificate-revoked': () =>
    received(keyToken({ crls: [buildCrl(kdhCa, { ...CRL, revoked: [revocation] })] })),
  'crl-missing': () => received(keyToken(), undefined, { crl: 'required' }),
  'crl-untrusted': () => received(keyToken({ crls: [buildCrl(krdCa, CRL)] })),
  'crl-expired': () =>
    received(keyToken({ crls: [buildCrl(kdhCa, { ...CRL, nextUpdate: new Date('2026-05-31') })] })),
  'random-missing': () =>
    received(buildKeyToken(KEY, kdh, krd.certificate, { signingTime: NOW }, counting(1))),
  'random-wrong': () => received(keyToken(), { randomNumber: new Uint8Array(16) }),
  'random-unexpected': () => received(keyToken(), { after: null }),
  'time-missing': () =>
    received(pemBytes(vectorOf('1pass-tdes-kek').token), { after: new Date('2026-01-01') }),
  'time-stale': () => onePass('2026-05-30T00:00:00Z', '2026-05-30T00:00:00Z'),
  'time-ahead': () => onePass('2026-06-01T12:00:01Z', null),
  'header-missing': () => {
    const content = sealEnveloped(new Uint8Array(1), krd.certificate, 'aes-128-cbc', counting(1))
    return received(
      buildSignedData(OID.envelopedData, content, kdh, { [OID.randomNonce]: write.octetString(RANDOM) }),
    )
  },
  'header-malformed': () => {
    const header = 'D0016K1AC00E0000'
    return forgedToken({ inside: header, attributes: { [OID.data]: write.octetString(Buffer.from(header)) } })
  },
  'header-mismatch': () => forgedToken({ inside: 'D0016K1AB00S0000' }),
  'recipient-wrong': () => received(keyToken({}, kdh, otherKdh)),
  decryption: () => {
    const token = keyToken({}, kdh)
    return openKeyToken(token, { ...krd, decrypt: otherKdh.decrypt }, binding, { randomNumber: RANDOM })
  },
  'kdh-wrong': () => forgedToken({ kdh: otherKdh }),
  'device-wrong': () => openUnbindToken(buildReleaseToken(otherKdh.certificate, byHost.by, kdh), byHost),
}

describe('a token is refused', () => {
  for (const reason of Object.keys(TR34_REASONS) as Tr34Reason[])
    test(`${reason}: ${TR34_REASONS[reason]}`, () => assert.equal(reasonOf(REFUSED[reason]()), reason))
})

describe('key tokens', () => {
  test('what was sent is received: two passes, with a list', () => {
    const crls = [buildCrl(kdhCa, CRL)]
    const ciphers = fc.constantFrom<ContentCipher>('aes-128-cbc', 'des-ede3-cbc')
    const keys = fc
      .constantFrom(16, 24, 32)
      .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
    fc.assert(
      fc.property(
        keys,
        ciphers,
        fc.uint8Array({ minLength: 8, maxLength: 16 }),
        (key, cipher, randomNumber) => {
          const sent = { ...KEY, key, cipher, crls }
          const token = buildKeyToken(sent, kdh, krd.certificate, { randomNumber }, counting(key[0] ?? 0))
          const got = contentOf(received(token, { randomNumber }, { crl: 'required' }))
          assert.deepEqual(got.key, key)
          assert.equal(got.signedAt, null)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('one pass: signed after the last one', () => {
    const verdict = onePass('2026-05-30T00:00:01Z', '2026-05-30T00:00:00Z')
    assert.equal(verdict.valid, true)
    const signingTime = new Date('2026-05-30T00:00:01Z')
    const token = buildKeyToken(KEY, kdh, krd.certificate, { signingTime }, counting(1))
    assert.deepEqual(contentOf(received(token, { after: null })).signedAt, signingTime)
    assert.equal(
      contentOf(received(pemBytes(vectorOf('1pass-tdes-kek').token), { after: null })).signedAt,
      null,
    )
  })

  test('no flipped bit changes what is received', () => {
    const token = keyToken({ crls: [buildCrl(kdhCa, CRL)] })
    const sound = contentOf(received(token))
    // The version of SignedData, 3 or 1, is neither signed nor of any effect.
    const version = Buffer.from(token).indexOf(fromHex('020103'))
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.nat(7), (at, bit) => {
        const changed = token.with(at, (token[at] ?? 0) ^ (1 << bit))
        const verdict = received(changed, { randomNumber: RANDOM }, { crl: 'required' })
        if (verdict.valid) assert.deepEqual(verdict.value, sound)
        assert.equal(verdict.valid, at === version + 2 && bit === 1)
      }),
      { numRuns: 500 },
    )
  })

  test('arbitrary bytes get a verdict', () => {
    const tokens = [
      keyToken(),
      buildCredentialToken(kdh.certificate),
      buildCredentialToken(weakCertificate()),
      buildReleaseToken(krd.certificate, byHost.by, kdh, { certificate: otherKdh.certificate }),
      buildRandomToken(RANDOM),
    ]
    const changed = fc
      .tuple(fc.constantFrom(...tokens), fc.nat(), fc.nat(255))
      .map(([token, at, byte]) => token.with(at % token.length, byte))
    const spliced = fc
      .tuple(fc.constantFrom(...tokens), fc.nat(2000), fc.uint8Array({ maxLength: 20 }), fc.nat(2000))
      .map(([token, start, bytes, end]) => concat(token.subarray(0, start), bytes, token.subarray(end)))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), changed, spliced), (bytes) => {
        for (const verdict of [
          received(bytes),
          openRandomToken(bytes),
          openCredentialToken(bytes, hostTrust),
          openUnbindToken(bytes, byHost),
          openRebindToken(bytes, byHost, hostTrust),
        ])
          assert.ok(verdict.valid || verdict.reason in TR34_REASONS)
      }),
      { numRuns: 500 },
    )
  })

  test('errors and verdicts hold no key', () => {
    const key = toHex(KEY.key)
    for (const refused of Object.values(REFUSED)) {
      const said = JSON.stringify(refused())
      assert.ok(!said.toUpperCase().includes(key.slice(0, 8)), said)
    }
  })

  test('a header that does not fit is not sent', () => {
    assert.throws(() => keyToken({ header: 'D0016K1TB00E0000 ' }), /expected 16 characters, got 17/)
    assert.throws(() => keyToken({ header: 'D0016K1AC00E0000' }), /go together|combination/)
    assert.throws(() => keyToken({ key: new Uint8Array(15) }), /16, 24, 32 bytes, got 15/)
    assert.throws(() => buildRandomToken(new Uint8Array(7)), /8 to 16 bytes, got 7/)
  })
})

describe('bindings', () => {
  const list = (revoked: CrlContent['revoked'] = []) => buildCrl(kdhCa, { ...CRL, revoked })
  const next = { certificate: otherKdh.certificate, crls: [list()] }
  const required: Trust = { ...hostTrust, crl: 'required' }

  test('a host is bound with the list of its authority', () => {
    const bind = (crls: Uint8Array[]) =>
      openCredentialToken(buildCredentialToken(kdh.certificate, crls), required)
    assert.equal(contentOf(bind([list()])).serialNumber, kdh.certificate.serialNumber)
    assert.equal(reasonOf(bind([])), 'crl-missing')
    assert.equal(reasonOf(bind([list([revocation])])), 'certificate-revoked')
  })

  test('a signed or empty credential token is malformed', () => {
    const empty = buildSignedData(
      OID.data,
      new Uint8Array(),
      kdh,
      {},
      { certificates: [kdh.certificate.raw] },
    )
    assert.equal(reasonOf(openCredentialToken(empty, hostTrust)), 'malformed')
  })

  test('no authority trusts nobody', () =>
    assert.equal(
      reasonOf(openCredentialToken(buildCredentialToken(kdh.certificate), { ...hostTrust, issuers: [] })),
      'certificate-untrusted',
    ))

  for (const [by, expected, signer] of [
    ['the host', byHost, kdh],
    ['the authority', byAuthority, krdCa],
  ] as const) {
    test(`${by} unbinds`, () => {
      const token = buildReleaseToken(krd.certificate, expected.by, signer)
      assert.equal(reasonOf(openUnbindToken(token, expected)), 'taken')
      assert.equal(reasonOf(openRebindToken(token, expected, hostTrust)), 'malformed')
      assert.equal(
        reasonOf(openUnbindToken(token, { ...expected, krd: otherKdh.certificate })),
        'device-wrong',
      )
    })

    test(`${by} rebinds`, () => {
      const token = buildReleaseToken(krd.certificate, expected.by, signer, next)
      const certificate = contentOf(openRebindToken(token, expected, required))
      assert.equal(certificate.serialNumber, otherKdh.certificate.serialNumber)
      assert.equal(reasonOf(openUnbindToken(token, expected)), 'malformed')
      assert.equal(
        reasonOf(openRebindToken(token, expected, { ...required, issuers: deviceTrust.issuers })),
        'certificate-untrusted',
      )
      assert.equal(
        reasonOf(openRebindToken(token, { ...expected, krd: kdh.certificate }, required)),
        'device-wrong',
      )
    })
  }

  test('a release of the host answers the random number, one of the authority names the host', () => {
    const host = buildReleaseToken(krd.certificate, byHost.by, kdh)
    assert.equal(
      reasonOf(openUnbindToken(host, { ...byHost, by: { randomNumber: new Uint8Array(8) } })),
      'random-wrong',
    )
    const other = { ...byAuthority, by: { kdh: otherKdh.certificate } }
    const authority = buildReleaseToken(krd.certificate, byAuthority.by, krdCa)
    assert.equal(reasonOf(openUnbindToken(authority, other)), 'device-wrong')
    assert.equal(reasonOf(openUnbindToken(authority, { ...byAuthority, by: byHost.by })), 'random-missing')
  })
})
