import assert from 'node:assert/strict'
import { constants, privateDecrypt, verify } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { issueCrl } from '../../../protocols/cms/crl.ts'
import { identityOf } from '../../../protocols/cms/identity.ts'
import { DUKPT_NAMES, DUKPT_SCHEMES } from '../../../protocols/dukpt/schemes.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import {
  buildCredentialToken,
  openCredentialToken,
} from '../../../protocols/keyblock/tr34/credential-token.ts'
import { openKeyToken } from '../../../protocols/keyblock/tr34/key-token.ts'
import { aesKcv, tdesKcv } from '../../../protocols/mac/kcv.ts'
import { initialKeyHeader, initialKeyId, KEY_PURPOSES } from '../../../protocols/onboarding/key-purposes.ts'
import { openConfiguration, signConfiguration } from '../../../protocols/onboarding/signed-configuration.ts'
import { issueCertificate } from '../../../protocols/x509/certificate.ts'
import { checkChain } from '../../../protocols/x509/chain.ts'
import { machineRandom as random } from '../../common/machine-random.ts'
import { testKeys } from '../../common/testing/test-keys.ts'
import { openTrustHsm, type TrustHsm } from '../testing/trust-hsm.ts'
import { makeTrust, TRUST_KEYS } from './trust-ceremony.ts'

const START = Date.UTC(2026, 5, 1)
const YEAR = 365 * 86_400_000
const ID = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0x20)
const KINDS = KEY_PURPOSES.flatMap((purpose) => DUKPT_NAMES.map((dukpt) => [purpose, dukpt] as const))

describe('the trust in terminals, in the HSM', () => {
  const clock = new ManualClock(START)
  const journal = new MemoryJournal(() => 0)
  let trust: TrustHsm
  before(async () => {
    trust = await openTrustHsm({ clock, random, journal })
  })
  after(() => trust.close())

  const at = new Date(START)
  const listOf = (...revoked: Uint8Array[]) =>
    issueCrl(
      { certificate: trust.keys.authority[0], sign: trust.keys.signCrl },
      {
        number: 1,
        thisUpdate: new Date(START - 1000),
        nextUpdate: new Date(START + 86_400_000),
        revoked: revoked.map((serial) => ({ serial, at })),
      },
    )
  const certify = () =>
    issueCertificate(
      {
        subject: { commonName: 'pos' },
        publicKey: testKeys('device-1').publicKey,
        serial: Uint8Array.of(7),
        notBefore: at,
        notAfter: new Date(START + YEAR),
        usages: ['keyEncipherment'],
      },
      { certificate: trust.keys.authority[0], sign: trust.keys.signCertificate },
    )

  it('root, device authority, host and configuration: each below the other, for its use, for its time', () => {
    const { root, authority, host, configurator } = trust.certificates
    assert.deepEqual(trust.keys.authority, [authority, root])
    const below = (issuers: (typeof root)[], usage: 'keyCertSign' | 'digitalSignature') => ({
      issuers,
      at,
      usage,
    })
    assert.ok(checkChain(authority, below([root], 'keyCertSign')).valid)
    for (const one of [host, configurator]) {
      assert.ok(checkChain(one, below([authority, root], 'digitalSignature')).valid)
      assert.equal(checkChain(one, below([authority, root], 'keyCertSign')).valid, false)
    }
    assert.equal(root.validToDate.getTime(), START + 20 * YEAR)
    assert.ok(host.validToDate < authority.validToDate && authority.validToDate < root.validToDate)
    for (const { usage, validUntil } of trust.hsm.keys)
      assert.equal(usage === 'DUKPT base', validUntil === null, usage)
    assert.ok(trust.hsm.keys.every(({ exportable }) => !exportable))
    assert.equal(
      journal.entries.every((entry) => entry.kind !== 'hsm' || entry.where === 'in token'),
      true,
    )
  })

  it('is made once', async () =>
    assert.rejects(makeTrust(trust.hsm, { clock, random }), /expected no key "terminals\/root"/))

  it('a terminal opens its initial keys, in two passes and in one', async () => {
    const crl = await listOf()
    const device = await certify()
    const { privateKey } = testKeys('device-1')
    const decrypt = (block: Uint8Array) =>
      new Uint8Array(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block))
    const rules = { issuers: trust.keys.authority, at, crl: 'required' } as const
    const bound = openCredentialToken(buildCredentialToken(trust.keys.host, [crl]), rules)
    assert.ok(bound.valid, 'P-256 authorities of an RSA host')
    for (const [purpose, dukpt] of KINDS)
      for (const freshness of [{ randomNumber: random(8) }, { signingTime: at }]) {
        const scheme = DUKPT_SCHEMES[dukpt]
        const header = initialKeyHeader(purpose, scheme, ID)
        const order = { purpose, dukpt, id: ID, header, krd: device, freshness, crl }
        const { token, kcv } = await trust.keys.exportInitialKey(order)
        const expected = 'signingTime' in freshness ? { after: null } : freshness
        const opened = openKeyToken(
          token,
          { certificate: device, decrypt },
          { kdh: bound.value, trust: rules },
          expected,
        )
        assert.ok(opened.valid)
        assert.equal(initialKeyId(opened.value.header, purpose, scheme), '0000000100000020')
        assert.deepEqual(kcv, (dukpt === 'AES' ? aesKcv : tdesKcv)(opened.value.key))
        assert.equal(opened.value.key.length, 16)
      }
  })

  it('no key for a terminal that was revoked', async () => {
    const krd = await certify()
    const header = initialKeyHeader('PIN', DUKPT_SCHEMES.AES, ID)
    const order = {
      purpose: 'PIN',
      dukpt: 'AES',
      id: ID,
      header,
      krd,
      freshness: { signingTime: at },
    } as const
    const crl = await listOf(identityOf(krd).serial)
    await assert.rejects(
      trust.keys.exportInitialKey({ ...order, crl }),
      /terminal in service, got one with it was revoked/,
    )
  })

  it('signs configurations as terminals check them', async () => {
    const { configurator, authority } = trust.keys
    const content = Buffer.from('{"currency":"EUR"}')
    const signed = await signConfiguration(content, configurator, await listOf())
    assert.ok(verify('sha256', content, configurator.certificate.publicKey, signed.signature))
    assert.ok(openConfiguration(signed, authority, at).valid)
  })

  it('a pair ends with its certificate', async () => {
    clock.advance(11 * YEAR)
    await assert.rejects(certify(), { code: 'KEY_EXPIRED' })
    assert.equal(trust.hsm.keys.find(({ label }) => label === TRUST_KEYS.root)?.algorithm, 'ec-p256')
  })
})
