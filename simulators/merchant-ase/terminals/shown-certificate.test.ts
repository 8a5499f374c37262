import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { testAuthority, testHolder, testRoot, VALIDITY } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../common/testing/test-keys.ts'
import { CertificateJudge, certificateShownOn } from './shown-certificate.ts'

const root = await testRoot(testKeys('root'))
const authority = await testAuthority(root, testKeys('device-authority'))
const issuers = [authority.certificate, root.certificate]
const { publicKey } = testKeys('device-1')
const START = VALIDITY.notBefore.getTime()
const validity = { notBefore: new Date(START + 1_000), notAfter: new Date(START + 9_000) }

test('a certificate is judged anew when its time begins and ends', async () => {
  const clock = new ManualClock(START)
  const judge = new CertificateJudge(issuers, clock)
  const certificate = await testHolder(authority, publicKey, validity)
  const reason = () => {
    const verdict = judge.judge(certificate)
    return verdict.valid ? 'valid' : verdict.reason
  }
  assert.equal(reason(), 'early')
  clock.advance(1_000)
  assert.equal(reason(), 'valid')
  clock.advance(8_000)
  assert.equal(reason(), 'valid')
  clock.advance(1_000)
  assert.equal(reason(), 'expired')
})

test('a certificate is of our authority and for signing', async () => {
  const judge = new CertificateJudge(issuers, new ManualClock(START + 5_000))
  const other = await testAuthority(root, testKeys('other-authority'))
  const reasons = [
    await testHolder(other, publicKey),
    await testHolder(authority, publicKey, { usages: ['keyEncipherment'] }),
  ].map((certificate) => {
    const verdict = judge.judge(certificate)
    return verdict.valid ? 'valid' : verdict.reason
  })
  assert.deepEqual(reasons, ['untrusted', 'usage'])
})

test('a connection without TLS shows nothing', () => {
  assert.equal(certificateShownOn(new Socket()), null)
})
