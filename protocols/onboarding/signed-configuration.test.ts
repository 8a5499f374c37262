import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { issueCrl } from '../cms/crl.ts'
import { identityOf } from '../cms/identity.ts'
import type { CertificateContent, Issuer } from '../x509/certificate.ts'
import { signerOf, testAuthority, testHolder, testRoot } from '../x509/testing/authority.ts'
import { openConfiguration, type SignedConfiguration, signConfiguration } from './signed-configuration.ts'

const NOW = new Date('2026-06-01T12:00:00Z')
const CRL = { number: 1, thisUpdate: new Date('2026-05-01'), nextUpdate: new Date('2026-07-01'), revoked: [] }
const CONTENT = Buffer.from('{"version":1}')

const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const root = await testRoot(keys())
const authority = await testAuthority(root, keys())
const issuers = [authority.certificate, root.certificate]
const crl = await issueCrl(authority, CRL)

async function signer(changes: Partial<CertificateContent> = {}, issuer = authority): Promise<Issuer> {
  const { publicKey, privateKey } = keys()
  const certificate = await testHolder(issuer, publicKey, { purposes: ['documentSigning'], ...changes })
  return { certificate, sign: signerOf(privateKey) }
}

const ours = await signer()
const signed = await signConfiguration(CONTENT, ours, crl)
const reasonOf = (one: SignedConfiguration) => {
  const opened = openConfiguration(one, issuers, NOW)
  return opened.valid ? 'taken' : opened.reason
}

test('what the signer signed is opened', () => {
  assert.deepEqual(openConfiguration(signed, issuers, NOW), { valid: true, value: CONTENT })
})

describe('is refused', () => {
  const others: Readonly<Record<string, () => Promise<Issuer>>> = {
    'a terminal of the same authority': () => signer({ purposes: ['clientAuth'] }),
    'a holder without a purpose': () => signer({ purposes: [] }),
    'a key that does not sign': () => signer({ usages: ['keyEncipherment'] }),
    'a signer of another authority': async () => signer({}, await testAuthority(root, keys())),
    'a signer that has expired': () => signer({ notAfter: new Date('2026-05-31') }),
    'a signer of the future': () => signer({ notBefore: new Date('2026-06-02') }),
  }
  for (const [what, other] of Object.entries(others))
    test(what, async () =>
      assert.equal(reasonOf(await signConfiguration(CONTENT, await other(), crl)), 'signer'),
    )

  test('another key under the certificate', async () => {
    const { sign } = await signer()
    assert.equal(reasonOf(await signConfiguration(CONTENT, { ...ours, sign }, crl)), 'signature')
  })

  test('a signer that was revoked, or whose list is over', async () => {
    const { serial } = identityOf(ours.certificate)
    const revoking = await issueCrl(authority, { ...CRL, revoked: [{ serial, at: new Date('2026-05-02') }] })
    const over = await issueCrl(authority, { ...CRL, nextUpdate: new Date('2026-05-02') })
    assert.deepEqual(
      [revoking, over].map((list) => reasonOf({ ...signed, crl: list })),
      ['signer', 'signer'],
    )
  })

  test('whatever is flipped, cut or missing', () => {
    const fields = fc.constantFrom('content', 'signature', 'signer', 'crl')
    fc.assert(
      fc.property(fields, fc.nat(), fc.nat(7), (field, at, bit) => {
        const bytes = signed[field as keyof SignedConfiguration]
        const index = at % bytes.length
        // A slice of a Buffer is the Buffer.
        const flipped = Uint8Array.from(bytes)
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit)
        assert.notEqual(reasonOf({ ...signed, [field]: flipped }), 'taken')
        assert.notEqual(reasonOf({ ...signed, [field]: bytes.subarray(0, index) }), 'taken')
      }),
      { numRuns: 150 },
    )
  })
})
