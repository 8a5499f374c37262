import assert from 'node:assert/strict'
import { constants, createHash, generateKeyPairSync, verify } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { type Crl, checkCrl, issueCrl, parseCrl } from '../../protocols/cms/crl.ts'
import { signRequestBy, verifyRequest } from '../../protocols/signatures/http-message.ts'
import { type CertificateContent, issueCertificate, issueRoot } from '../../protocols/x509/certificate.ts'
import { checkChain } from '../../protocols/x509/chain.ts'
import { openRequest } from '../../protocols/x509/request.ts'
import type { Hsm } from './hsm.ts'
import { type BenchHsm, openBenchHsm } from './test-support/bench-hsm.ts'
import { fault } from './test-support/fault.ts'

const START = Date.UTC(2026, 5, 1)
const VALIDITY = { notBefore: new Date(START - 1_000), notAfter: new Date(START + 1_000_000) }
const AUTHORITY = { ...VALIDITY, usages: ['keyCertSign', 'cRLSign'] as const }
const MESSAGE = Buffer.from('what is signed')
const DIGEST = createHash('sha256').update(MESSAGE).digest()

describe('RSA pairs, certificates and requests of the HSM', () => {
  let bench: BenchHsm
  let hsm: Hsm
  before(async () => {
    // Nothing of it needs a key in a signer's memory.
    bench = await openBenchHsm({ clock: new ManualClock(START), clearAllowed: false })
    hsm = bench.hsm
    await hsm.generateKeyPair({ label: 'rsa', algorithm: 'rsa-2048' })
    await hsm.generateKeyPair({ label: 'root', algorithm: 'ec-p256', usage: 'certificate authority' })
    await hsm.generateKeyPair({ label: 'ca', algorithm: 'ed25519', usage: 'certificate authority' })
    await hsm.generateKeyPair({ label: 'kdh', algorithm: 'rsa-3072', usage: 'key distribution host' })
  })
  after(() => bench.close())

  const content = (key: string, serial: number): CertificateContent => ({
    ...VALIDITY,
    subject: { commonName: key },
    publicKey: hsm.certificates.publicKey(key),
    serial: Uint8Array.of(serial),
    usages: ['digitalSignature'],
  })
  const issueBy = (key: string) => hsm.certificates.signCertificate(key)
  async function authorities() {
    const root = await issueRoot({ ...content('root', 1), ...AUTHORITY, pathLength: 1 }, issueBy('root'))
    const issuer = { certificate: root, sign: issueBy('root') }
    const ca = await issueCertificate({ ...content('ca', 2), ...AUTHORITY, pathLength: 0 }, issuer)
    return { root, ca }
  }

  it('RSA: PKCS #1 v1.5 and PSS with SHA-256, as OpenSSL checks them', async () => {
    const key = hsm.certificates.publicKey('rsa')
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 2048)
    const pkcs1 = await hsm.sign({ key: 'rsa', data: DIGEST })
    assert.equal(pkcs1.length, 256)
    assert.ok(verify('sha256', MESSAGE, key, pkcs1))
    const pss = await hsm.sign({ key: 'rsa', data: DIGEST, padding: 'pss' })
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    assert.ok(verify('sha256', MESSAGE, { key, ...padding }, pss))
    assert.equal(bench.journal.entries.at(-1)?.kind, 'hsm')
  })

  it('a renewed pair signs with the next key, the one before stays', async () => {
    const { publicKey: old } = await hsm.generateKeyPair({
      label: 'renewed',
      algorithm: 'ec-p256',
      usage: 'request signing',
    })
    const { previous } = await hsm.renewKey({ label: 'renewed' })
    assert.equal(hsm.certificates.publicKey(previous).export({ type: 'spki', format: 'pem' }), old)
    assert.notEqual(hsm.certificates.publicKey('renewed').export({ type: 'spki', format: 'pem' }), old)
    assert.equal(hsm.keys.find(({ label }) => label === 'renewed')?.usage, 'request signing')
  })

  it('SignCertificate and SignCrl: P-256 root, Ed25519 authority, and what they issue', async () => {
    const { root, ca } = await authorities()
    const issuer = { certificate: ca, sign: issueBy('ca') }
    const host = await issueCertificate(content('kdh', 3), issuer)
    const rules = { issuers: [ca, root], at: new Date(START), usage: 'digitalSignature' } as const
    const crl = await issueCrl(
      { certificate: ca, sign: hsm.certificates.signCrl('ca') },
      { number: 1, thisUpdate: VALIDITY.notBefore, nextUpdate: VALIDITY.notAfter, revoked: [] },
    )
    assert.equal(checkCrl(parseCrl(crl) as Crl, ca, new Date(START)), null)
    assert.deepEqual(checkChain(host, { ...rules, crl }), { valid: true, value: host })
    assert.equal(host.checkIssued(ca) && ca.checkIssued(root), true)
  })

  for (const key of ['rsa', 'root', 'ca', 'kdh'] as const)
    it(`SignCsr: a request of "${key}" for itself`, async () => {
      const opened = openRequest(await hsm.certificates.signCsr({ key, subject: { commonName: 'x' } }))
      assert.ok(opened.valid && opened.value.publicKey.equals(hsm.certificates.publicKey(key)))
    })

  for (const algorithm of ['ed25519', 'ec-p256'] as const)
    it(`SignRequest with ${algorithm}: as the POS API checks it (RFC 9421)`, async () => {
      const key = `requests ${algorithm}`
      await hsm.generateKeyPair({ label: key, algorithm, usage: 'request signing' })
      const request = { method: 'POST', url: 'https://pos.example/payments', body: '{"amount":"1250"}' }
      const publicKey = hsm.certificates.publicKey(key)
      const sign = (base: Uint8Array) => hsm.signRequest({ key, base })
      const identity = { keyId: 'term-1', publicKey, sign, created: START, nonce: 'n-1' }
      const headers = await signRequestBy(request, identity)
      const verdict = await verifyRequest({ ...request, headers }, async () => publicKey)
      assert.ok(verdict.verified && verdict.created === START)
      await assert.rejects(sign(MESSAGE), fault('INVALID_INPUT_DATA', /signature base/))
      await assert.rejects(hsm.sign({ key, data: DIGEST }), fault('KEY_WRONG_USAGE', /to sign, got/))
      await assert.rejects(
        hsm.signRequest({ key: 'rsa', base: MESSAGE }),
        fault('KEY_WRONG_TYPE', /rsa-2048/),
      )
    })

  describe('a key signs what it is for and nothing else', () => {
    it('an authority signs no raw data, and others no certificates', async () => {
      await assert.rejects(
        hsm.sign({ key: 'root', data: DIGEST }),
        fault('KEY_WRONG_USAGE', /to sign, got one/),
      )
      for (const key of ['rsa', 'kdh'])
        await assert.rejects(
          issueRoot(content(key, 1), issueBy(key)),
          fault('KEY_WRONG_USAGE', /to sign certificates/),
        )
    })

    it('each form alone: a list is no certificate, neither is text', async () => {
      const { root } = await authorities()
      const list = { number: 1, thisUpdate: VALIDITY.notBefore, nextUpdate: VALIDITY.notAfter, revoked: [] }
      await assert.rejects(
        issueCrl({ certificate: root, sign: issueBy('root') }, list),
        fault('INVALID_INPUT_DATA', /TBSCertificate/),
      )
      await assert.rejects(issueBy('root')(MESSAGE), fault('INVALID_INPUT_DATA', /expected DER/))
      await assert.rejects(
        issueRoot(content('root', 1), hsm.certificates.signCrl('root')),
        fault('INVALID_INPUT_DATA', /version/),
      )
    })

    it('an algorithm that is not the own key, and a list of another algorithm', async () => {
      const { ca } = await authorities()
      await assert.rejects(
        issueCertificate(content('kdh', 1), { certificate: ca, sign: issueBy('root') }),
        fault('INVALID_INPUT_DATA', /algorithm of the key that signs/),
      )
    })

    it('no certificate for a weak key', async () => {
      const { root } = await authorities()
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
      await assert.rejects(
        issueCertificate({ ...content('kdh', 1), publicKey }, { certificate: root, sign: issueBy('root') }),
        fault('KEY_TOO_WEAK', /strong key/),
      )
    })

    it('no pair of another usage, kind or length', async () => {
      const pair = (algorithm: string, usage: string) =>
        hsm.generateKeyPair({ label: 'x', algorithm: algorithm as 'ed25519', usage: usage as 'signing' })
      await assert.rejects(pair('rsa-1024', 'signing'), fault('INVALID_INPUT_DATA', /got rsa-1024/))
      await assert.rejects(
        pair('ec-p256', 'key distribution host'),
        fault('INVALID_INPUT_DATA', /got ec-p256/),
      )
      await assert.rejects(
        pair('ec-p256', 'card cryptogram'),
        fault('INVALID_INPUT_DATA', /usage of key pairs/),
      )
      await assert.rejects(
        pair('ec-secp256k1', 'certificate authority'),
        fault('INVALID_INPUT_DATA', /secp256k1/),
      )
    })

    it('a padding with RSA alone', async () => {
      await hsm.generateKeyPair({ label: 'ed', algorithm: 'ed25519' })
      await assert.rejects(
        hsm.sign({ key: 'ed', data: MESSAGE, padding: 'pss' }),
        fault('INVALID_INPUT_DATA', /padding with RSA/),
      )
      await assert.rejects(hsm.sign({ key: 'rsa', data: MESSAGE }), fault('INVALID_INPUT_DATA', /32 bytes/))
    })

    it('a public key alone signs nothing', async () => {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      await hsm.certificates.importTrustAnchor({ label: 'anchor', publicKey })
      assert.ok(hsm.certificates.publicKey('anchor').equals(publicKey))
      await assert.rejects(
        hsm.certificates.signCsr({ key: 'anchor', subject: {} }),
        fault('KEY_WRONG_USAGE', /request certificates/),
      )
    })
  })
})
