import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, type X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../fixtures/keys/onboarding.json' with { type: 'json' }
import { algorithm } from '../cms/algorithm.ts'
import { buildCrl, issueCrl, parseCrl } from '../cms/crl.ts'
import { identityOf, readCertificate } from '../cms/identity.ts'
import { OID } from '../cms/oids.ts'
import { parseDer } from '../der/reader.ts'
import * as write from '../der/writer.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { type Issuer, issueCertificate } from './certificate.ts'
import { type ChainRules, checkChain } from './chain.ts'
import { readExtensions } from './extensions.ts'
import { isStrong } from './key-strength.ts'
import { readName, writeName } from './name.ts'
import { X509_REASONS, type X509Reason } from './reasons.ts'
import { buildRequest, openRequest } from './request.ts'
import { signatureAlgorithm } from './signature.ts'
import { type KeyPair, signerOf, testAuthority, testHolder, testRoot, VALIDITY } from './testing/authority.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const SUBJECT = {
  organization: 'Tapbench',
  organizationalUnit: 'TB-1',
  commonName: 'pos',
  serialNumber: 'A-1',
}
const CRL = { number: 1, thisUpdate: new Date('2026-05-01'), nextUpdate: new Date('2026-07-01'), revoked: [] }

function testKeys(name: keyof typeof file.keys): KeyPair {
  const privateKey = createPrivateKey(file.keys[name])
  return { privateKey, publicKey: createPublicKey(privateKey) }
}

const p256 = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const KEYS: Readonly<Record<string, KeyPair>> = {
  RSA: testKeys('device-1'),
  'P-256': p256(),
  Ed25519: generateKeyPairSync('ed25519'),
}
const root = await testRoot(testKeys('root'))
const authority = await testAuthority(root, testKeys('device-authority'))
const other = await testAuthority(root, testKeys('other-authority'), {
  subject: { commonName: 'Other authority' },
  serial: Uint8Array.of(9),
})
const holder = p256()
const leaf = await testHolder(authority, holder.publicKey)
const issuers = [authority.certificate, root.certificate]

function check(certificate: X509Certificate, changes: Partial<ChainRules> = {}) {
  return checkChain(certificate, { issuers, at: NOW, usage: 'digitalSignature', ...changes })
}

function reasonOf(verdict: Verdict<unknown, X509Reason>): X509Reason | 'taken' {
  return verdict.valid ? 'taken' : verdict.reason
}

/** A certificate whose extensions are these, DER. */
async function withExtensions(...extensions: Uint8Array[]): Promise<X509Certificate> {
  const [, serial, , issuer, validity, subject, spki] = parseDer(leaf.raw).children[0]?.children ?? []
  if (!serial || !issuer || !validity || !subject || !spki) return assert.fail('no certificate')
  const identifier = signatureAlgorithm(authority.certificate.publicKey)
  const tbs = write.sequence(
    write.context(0, write.integer(2)),
    serial.raw,
    identifier,
    issuer.raw,
    validity.raw,
    subject.raw,
    spki.raw,
    write.context(3, write.sequence(...extensions)),
  )
  return readCertificate(write.sequence(tbs, identifier, write.bitString(await authority.sign(tbs))))
}

describe('requests', () => {
  for (const [kind, keys] of Object.entries(KEYS))
    test(`what was asked for is read: ${kind}`, async () => {
      const request = await buildRequest(
        { subject: SUBJECT, publicKey: keys.publicKey },
        signerOf(keys.privateKey),
      )
      const opened = openRequest(request)
      if (!opened.valid) return assert.fail(opened.detail)
      assert.deepEqual(opened.value.subject, SUBJECT)
      assert.ok(opened.value.publicKey.equals(keys.publicKey))
    })

  const weak: readonly (readonly [what: string, keys: () => KeyPair])[] = [
    ['RSA of 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 })],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
  ]
  for (const [what, make] of weak)
    test(`a weak key is refused: ${what}`, async () => {
      const { publicKey, privateKey } = make()
      assert.equal(isStrong(publicKey), false)
      const identifier = algorithm(OID.sha256WithRsaEncryption)
      const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
      const info = write.sequence(write.integer(0), writeName(SUBJECT), spki, write.context(0))
      const signature = write.bitString(await signerOf(privateKey)(info))
      assert.equal(reasonOf(openRequest(write.sequence(info, identifier, signature))), 'weak')
    })

  test('an exponent of 3 is weak', () =>
    assert.equal(
      isStrong(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey),
      false,
    ))

  test('a signature by another key is refused', async () => {
    const request = await buildRequest(
      { subject: SUBJECT, publicKey: holder.publicKey },
      signerOf(p256().privateKey),
    )
    assert.equal(reasonOf(openRequest(request)), 'signature')
  })

  test('no flipped bit is taken, and arbitrary bytes get a verdict', async () => {
    const { publicKey, privateKey } = KEYS.Ed25519 ?? assert.fail()
    const request = await buildRequest({ subject: SUBJECT, publicKey }, signerOf(privateKey))
    const flipped = fc
      .tuple(fc.nat(request.length - 1), fc.nat(7))
      .map(([at, bit]) => request.with(at, (request[at] ?? 0) ^ (1 << bit)))
    fc.assert(
      fc.property(flipped, (bytes) => assert.equal(openRequest(bytes).valid, false)),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => assert.equal(reasonOf(openRequest(bytes)), 'malformed')),
    )
  })
})

describe('chains', () => {
  for (const [kind, top] of Object.entries(KEYS))
    test(`root, authority, holder; the root has ${kind}`, async () => {
      const ownRoot = await testRoot(top)
      const below = await testAuthority(ownRoot, p256())
      const certificate = await testHolder(below, KEYS.RSA?.publicKey ?? assert.fail(), {
        usages: ['keyEncipherment'],
        purposes: ['clientAuth'],
        hosts: ['pos.example', '127.0.0.1'],
      })
      const crl = await issueCrl(below, CRL)
      const rules = {
        issuers: [below.certificate, ownRoot.certificate],
        usage: 'keyEncipherment',
        crl,
      } as const
      assert.equal(reasonOf(check(certificate, rules)), 'taken')
      assert.equal(certificate.subjectAltName, 'DNS:pos.example, IP Address:127.0.0.1')
      assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2'])
      assert.ok(certificate.checkIssued(below.certificate))
      assert.equal(parseCrl(crl).revoked.length, 0)
    })

  test('a purpose that is asked for must be among those of the certificate', async () => {
    const purpose = 'documentSigning'
    const holds = (...purposes: ('clientAuth' | 'documentSigning')[]) =>
      testHolder(authority, holder.publicKey, { purposes })
    assert.equal(reasonOf(check(await holds('clientAuth', 'documentSigning'), { purpose })), 'taken')
    assert.equal(reasonOf(check(await holds('clientAuth'), { purpose })), 'usage')
    assert.equal(reasonOf(check(leaf, { purpose })), 'usage')
  })

  const revoked = [{ serial: identityOf(leaf).serial, at: new Date('2026-05-02') }]
  const build = (issuer: Issuer, changes = {}) => issueCrl(issuer, { ...CRL, ...changes })
  const bare = write.sequence(
    write.oid('2.5.29.15'),
    write.octetString(write.encodeDer(0x03, Uint8Array.of(7, 0x80))),
  )
  const critical = write.encodeDer(0x01, Uint8Array.of(0xff))
  const refused: Readonly<
    Record<string, readonly [X509Reason, () => Promise<Verdict<unknown, X509Reason>>]>
  > = {
    'of another authority': ['untrusted', async () => check(await testHolder(other, holder.publicKey))],
    "of another authority that has the right one's name": [
      'untrusted',
      async () => {
        const { subject } = { subject: { organization: 'Tapbench', commonName: 'Test device authority' } }
        return check(await testHolder(await testAuthority(root, p256(), { subject }), holder.publicKey))
      },
    ],
    'with nobody to trust': ['untrusted', async () => check(leaf, { issuers: [] })],
    'below another root': [
      'untrusted',
      async () => check(leaf, { issuers: [authority.certificate, (await testRoot(p256())).certificate] }),
    ],
    'before its time': ['early', async () => check(leaf, { at: new Date('2025-12-31T23:59:59Z') })],
    'after its time': ['expired', async () => check(leaf, { at: new Date('2036-01-01T00:00:01Z') })],
    'after the time of its authority': [
      'expired',
      async () => {
        const brief = await testAuthority(root, testKeys('device-authority'), {
          notAfter: new Date('2026-05-31'),
        })
        return check(leaf, { issuers: [brief.certificate, root.certificate] })
      },
    ],
    'with a weak key': [
      'weak',
      async () =>
        check(await testHolder(authority, generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)),
    ],
    'for another use': ['usage', async () => check(leaf, { usage: 'keyEncipherment' })],
    'that says no use': ['usage', async () => check(await withExtensions())],
    'below a holder that is no authority': [
      'usage',
      async () => {
        const middle = await testHolder(authority, holder.publicKey)
        const certificate = await testHolder(
          { certificate: middle, sign: signerOf(holder.privateKey) },
          p256().publicKey,
        )
        return check(certificate, { issuers: [middle, ...issuers] })
      },
    ],
    'below one that may sign certificates and is no authority': [
      'constraints',
      async () => {
        const usages = ['keyCertSign'] as const
        const middle = await testHolder(authority, holder.publicKey, { usages })
        const certificate = await testHolder(
          { certificate: middle, sign: signerOf(holder.privateKey) },
          p256().publicKey,
        )
        return check(certificate, { issuers: [middle, ...issuers] })
      },
    ],
    'below a chain that is too long': [
      'constraints',
      async () => {
        const deeper = await testAuthority(authority, holder)
        return check(await testHolder(deeper, p256().publicKey), {
          issuers: [deeper.certificate, ...issuers],
        })
      },
    ],
    'with a critical extension that is unknown': [
      'critical',
      async () =>
        check(
          await withExtensions(
            bare,
            write.sequence(write.oid('1.2.3.4'), critical, write.octetString(write.nothing())),
          ),
        ),
    ],
    'with an extension twice': ['malformed', async () => check(await withExtensions(bare, bare))],
    'without a list': ['crl-missing', async () => check(leaf, { crl: null })],
    revoked: ['revoked', async () => check(leaf, { crl: await build(authority, { revoked }) })],
    "with another authority's list": ['crl-untrusted', async () => check(leaf, { crl: await build(other) })],
    'with a list signed by another key': [
      'crl-untrusted',
      async () => check(leaf, { crl: await build({ ...authority, sign: other.sign }) }),
    ],
    'with a list of the past': [
      'crl-expired',
      async () => check(leaf, { crl: await build(authority, { nextUpdate: new Date('2026-05-31') }) }),
    ],
    'with a list that is none': ['malformed', async () => check(leaf, { crl: Uint8Array.of(0x30, 0x00) })],
  }
  for (const [what, [reason, judge]] of Object.entries(refused))
    test(`a certificate ${what}: ${X509_REASONS[reason]}`, async () =>
      assert.equal(reasonOf(await judge()), reason))

  test('with the list of its authority it is taken', async () =>
    assert.equal(reasonOf(check(leaf, { crl: await build(authority) })), 'taken'))
  test('a bare key usage is enough', async () =>
    assert.equal(reasonOf(check(await withExtensions(bare))), 'taken'))

  test('no flipped bit is taken', () => {
    const flipped = fc
      .tuple(fc.nat(leaf.raw.length - 1), fc.nat(7))
      .map(([at, bit]) => new Uint8Array(leaf.raw).with(at, (leaf.raw[at] ?? 0) ^ (1 << bit)))
    const taken = (raw: Uint8Array): boolean => {
      try {
        return check(readCertificate(raw)).valid
      } catch (error) {
        assert.equal((error as Error).name, 'DerError')
        return false
      }
    }
    fc.assert(
      fc.property(flipped, (raw) => assert.equal(taken(raw), false)),
      { numRuns: 300 },
    )
  })
})

describe('certificates', () => {
  test('say what was asked for', () => {
    assert.deepEqual(readExtensions(authority.certificate), {
      usages: ['keyCertSign', 'cRLSign'],
      purposes: null,
      authority: true,
      pathLength: 0,
      unknownCritical: [],
    })
    assert.equal(leaf.validFromDate.getTime(), VALIDITY.notBefore.getTime())
    assert.equal(leaf.serialNumber, '03')
    assert.equal(leaf.ca, false)
  })

  for (const serial of [[], [0], [0x80], new Array(21).fill(1)])
    test(`a serial number of ${serial.length} bytes from ${serial[0]} on is none`, () =>
      assert.rejects(
        testHolder(authority, holder.publicKey, { serial: Uint8Array.from(serial) }),
        RangeError,
      ))

  test('what signs with another kind of key is refused', () => {
    const keys = generateKeyPairSync('x25519')
    assert.throws(() => signatureAlgorithm(keys.publicKey), /RSA, P-256 or Ed25519 key, got x25519/)
  })

  test('names are read as they were written', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 })
    const name = fc.record(
      { organization: text, organizationalUnit: text, commonName: text },
      { requiredKeys: [] },
    )
    fc.assert(fc.property(name, (one) => assert.deepEqual({ ...readName(writeName(one)) }, { ...one })))
  })

  test('a signature that fails is told, not swallowed', () =>
    assert.rejects(
      issueCertificate(
        { ...VALIDITY, subject: SUBJECT, publicKey: holder.publicKey, serial: Uint8Array.of(4), usages: [] },
        { ...authority, sign: () => Promise.reject(new Error('token is gone')) },
      ),
      /token is gone/,
    ))

  test('lists that are signed at once and later are the same', async () => {
    const { certificate, sign } = authority
    const list = await issueCrl(authority, CRL)
    const signature = await sign(parseCrl(list).tbs)
    assert.deepEqual(buildCrl({ certificate, sign: () => signature }, CRL), list)
  })
})
