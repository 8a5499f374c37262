import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  randomBytes,
  sign as signRsa,
  type X509Certificate,
} from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { OID } from '../../protocols/cms/oids.ts'
import { contentInfo } from '../../protocols/cms/signed-data.ts'
import { AES_DUKPT } from '../../protocols/dukpt/aes.ts'
import { TDES_DUKPT } from '../../protocols/dukpt/tdes.ts'
import { buildKeyToken, openKeyToken } from '../../protocols/keyblock/tr34/key-token.ts'
import { aesKcv, tdesKcv } from '../../protocols/mac/kcv.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import { initialKeyHeader, initialKeyId } from '../../protocols/onboarding/key-purposes.ts'
import { testHolder, testRoot } from '../../protocols/x509/testing/authority.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from './hierarchy/algorithms.ts'
import { blockCodeOf } from './hierarchy/block-codes.ts'
import { type KeyUsage, USAGES } from './hierarchy/usages.ts'
import type { Hsm } from './hsm.ts'
import { type BenchHsm, openBenchHsm } from './test-support/bench-hsm.ts'
import { fault } from './test-support/fault.ts'
import { type Tr34Parties, tr34Parties } from './test-support/tr34-parties.ts'
import type { Delivery, ImportTr34 } from './tr34.ts'

const START = Date.UTC(2026, 5, 1)
const NOW = new Date(START)
const VALIDITY = { notBefore: new Date(START - 86_400_000), notAfter: new Date(START + 86_400_000) }
const NONCE = Uint8Array.from({ length: 8 }, (_, at) => at)
const ID = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0x20)
const random = (length: number) => new Uint8Array(randomBytes(length))
const flip = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes[at] ?? 0) ^ 1)

function randomKey(algorithm: SecretAlgorithm): Uint8Array {
  const value = random(ALGORITHMS[algorithm].bytes)
  return familyOf(algorithm) === 'tdes' ? withOddParity(value) : value
}

/** Every kind of key that has a code in X9.143. */
const KINDS = (Object.keys(USAGES) as KeyUsage[]).flatMap((usage) =>
  (USAGES[usage].algorithms as readonly SecretAlgorithm[]).flatMap((algorithm) =>
    blockCodeOf(usage, algorithm) === null ? [] : [{ usage, algorithm }],
  ),
)

describe('TR-34 by the HSM', () => {
  let bench: BenchHsm
  let hsm: Hsm
  let parties: Tr34Parties
  let device: X509Certificate
  let crl: Uint8Array
  const krdKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  before(async () => {
    bench = await openBenchHsm({ clock: new ManualClock(START) })
    hsm = bench.hsm
    parties = await tr34Parties(hsm, START)
    device = await parties.certify('POS', krdKeys.publicKey)
    crl = await parties.revoking()
  })
  after(() => bench.close())

  const delivery = (changes: Partial<Delivery> = {}): Delivery => ({
    kdh: { key: 'kdh', certificate: parties.host },
    krd: parties.trusted(device),
    freshness: { randomNumber: NONCE },
    crls: [crl],
    ...changes,
  })
  const open = (
    token: Uint8Array,
    expected: Parameters<typeof openKeyToken>[3] = { randomNumber: NONCE },
  ) => {
    const decrypt = (block: Uint8Array) =>
      new Uint8Array(privateDecrypt({ key: krdKeys.privateKey, padding: constants.RSA_NO_PADDING }, block))
    const trust = { issuers: [parties.ca.certificate], at: NOW, crl: 'required' } as const
    return openKeyToken(token, { certificate: device, decrypt }, { kdh: parties.host, trust }, expected)
  }

  describe('export', () => {
    it('every kind of key that may, as the pure function opens it: two passes', async () => {
      assert.ok(KINDS.length > 30)
      for (const { usage, algorithm } of KINDS) {
        const value = randomKey(algorithm)
        const key = `out ${usage} ${algorithm}`
        await hsm.importKey({ label: key, usage, algorithm, value, exportable: true })
        const sent = await hsm.tr34.exportKey({ key, ...delivery() })
        assert.ok(sent.ok, key)
        const opened = open(sent.token)
        assert.ok(opened.valid, key)
        assert.deepEqual(opened.value.key, value, key)
        const { usage: code, mode, algorithm: letter, exportability } = opened.value.header
        assert.deepEqual({ usage: code, mode, algorithm: letter }, blockCodeOf(usage, algorithm))
        assert.equal(exportability, 'N')
        assert.deepEqual(sent.kcv, letter === 'A' ? aesKcv(value) : tdesKcv(value), key)
      }
    })

    it('initial keys of AES and TDES DUKPT, in one pass and in two, kept nowhere', async () => {
      const before = hsm.keys.length
      for (const algorithm of ['aes-128', 'aes-192', 'aes-256', 'tdes-2'] as const) {
        const value = randomKey(algorithm)
        const base = `bdk ${algorithm}`
        await hsm.importKey({ label: base, usage: 'DUKPT base', algorithm, value })
        const scheme = algorithm === 'tdes-2' ? TDES_DUKPT : AES_DUKPT
        const header = initialKeyHeader('PIN', scheme, ID)
        const expected = scheme.initialKey(value, ID)
        for (const freshness of [{ randomNumber: NONCE }, { signingTime: NOW }]) {
          const sent = await hsm.tr34.exportInitialKey({ base, id: ID, header, ...delivery({ freshness }) })
          assert.ok(sent.ok)
          const opened = open(sent.token, 'signingTime' in freshness ? { after: null } : freshness)
          assert.ok(opened.valid, opened.valid ? '' : opened.detail)
          assert.deepEqual(opened.value.key, expected)
          assert.equal(initialKeyId(opened.value.header, 'PIN', scheme), '0000000100000020')
          assert.deepEqual(sent.kcv, algorithm === 'tdes-2' ? tdesKcv(expected) : aesKcv(expected))
        }
      }
      assert.equal(hsm.keys.length, before + 4)
      const entry = bench.journal.entries.findLast(({ kind }) => kind === 'hsm')
      assert.ok(entry?.kind === 'hsm' && entry.operation === 'ExportInitialKey')
      assert.equal(entry.where, 'clear in signer')
    })

    it('OpenSSL verifies the signature and opens the envelope', async () => {
      const value = random(16)
      await hsm.importKey({ label: 'interop', usage: 'data', algorithm: 'aes-128', value, exportable: true })
      const sent = await hsm.tr34.exportKey({ key: 'interop', ...delivery() })
      assert.ok(sent.ok)
      const block = withOpenssl(sent.token)
      assert.ok(block.includes(Buffer.from(value)))
    })

    const exported = (changes: Partial<Delivery>) => hsm.tr34.exportKey({ key: 'ok', ...delivery(changes) })
    const reasonOf = async (changes: Partial<Delivery>) => {
      const sent = await exported(changes)
      return sent.ok ? 'sent' : sent.reason
    }
    it('no device that the authority did not certify for receiving keys, or revoked', async () => {
      await hsm.generateKey({ label: 'ok', usage: 'PIN working', algorithm: 'aes-128', exportable: true })
      assert.equal(await reasonOf({}), 'sent')
      assert.equal(await reasonOf({ krd: parties.trusted(parties.host) }), 'usage')
      assert.equal(await reasonOf({ crls: [await parties.revoking(device)] }), 'revoked')
      const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const own = { ...VALIDITY, subject: { commonName: 'CA' }, serial: Uint8Array.of(9) }

      const stranger = await testRoot(other, { ...own, pathLength: 0 })
      const forged = (publicKey: KeyObject) =>
        testHolder(stranger, publicKey, { ...VALIDITY, usages: ['keyEncipherment'] })
      assert.equal(await reasonOf({ krd: parties.trusted(await forged(krdKeys.publicKey)) }), 'untrusted')
      assert.equal(await reasonOf({ krd: parties.trusted(await forged(weak.publicKey)) }), 'weak')
      const brought = { certificate: await forged(krdKeys.publicKey), issuers: [stranger.certificate] }
      await assert.rejects(
        exported({ krd: { ...brought, authority: 'ca' } }),
        fault('INVALID_INPUT_DATA', /up to the authority "ca"/),
      )
      await assert.rejects(
        exported({ krd: { ...parties.trusted(device), authority: 'kdh' } }),
        fault('KEY_WRONG_USAGE', /check certificates/),
      )
    })

    it('no key that may not leave, none by another pair, none with a certificate of another pair', async () => {
      await hsm.generateKey({ label: 'stays', usage: 'PIN working', algorithm: 'aes-128' })
      await hsm.generateKey({ label: 'hmac', usage: 'MAC', algorithm: 'hmac-sha256', exportable: true })
      const from = (key: string) => hsm.tr34.exportKey({ key, ...delivery() })
      await assert.rejects(from('stays'), fault('KEY_NOT_EXPORTABLE', /"stays" .* was not made so/))
      await assert.rejects(from('hmac'), fault('KEY_NOT_EXPORTABLE', /usage "MAC" and hmac-sha256/))
      await assert.rejects(from('nobody'), fault('KEY_NOT_FOUND', /nobody/))
      const by = (key: string, certificate: X509Certificate) => exported({ kdh: { key, certificate } })
      await assert.rejects(by('krd', parties.receiver), fault('KEY_WRONG_USAGE', /sign key tokens/))
      await assert.rejects(by('kdh', device), fault('INVALID_INPUT_DATA', /certificate of key "kdh"/))
    })

    it('an initial key under its own name alone, and of a base key', async () => {
      const header = initialKeyHeader('PIN', AES_DUKPT, ID)
      const from = (base: string, id: Uint8Array, text = header) =>
        hsm.tr34.exportInitialKey({ base, id, header: text, ...delivery() })
      await assert.rejects(
        from('bdk aes-128', flip(ID, 7)),
        fault('INVALID_INPUT_DATA', /initial key 0000000100000021/),
      )
      for (const text of ['D0016P0AB00N0000', 'X', 'B0016B1TX00N0000'])
        await assert.rejects(
          from('bdk aes-128', ID, text),
          fault('INVALID_INPUT_DATA', /header of an aes-128 initial key/),
        )
      await assert.rejects(from('ok', ID), fault('KEY_WRONG_USAGE', /derive initial keys/))
    })

    it('nothing where keys in a signer are not allowed', async () => {
      const strict = await bench.open({ clearAllowed: false })
      try {
        await assert.rejects(
          strict.tr34.exportKey({ key: 'ok', ...delivery() }),
          fault('MECHANISM_MISSING', /mechanism for TR-34/),
        )
      } finally {
        await strict.close()
      }
    })
  })

  describe('import', () => {
    /** A host in software, certified by the same authority. */
    const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
    let kdh: Parameters<typeof buildKeyToken>[1]
    before(async () => {
      kdh = {
        certificate: await parties.certify('Another host', keys.publicKey, { usages: ['digitalSignature'] }),
        sign: (data) => new Uint8Array(signRsa('sha256', data, keys.privateKey)),
      }
    })
    let made = 0
    const tokenOf = (key: Uint8Array, header: string, to = parties.receiver) => {
      const content = { key, header, cipher: 'aes-128-cbc', crls: [crl] } as const
      return buildKeyToken(content, kdh, to, { randomNumber: NONCE }, random)
    }
    const into = (token: Uint8Array, changes: Partial<ImportTr34> = {}) =>
      hsm.tr34.importKey({
        label: `in ${++made}`,
        usage: 'PIN working',
        krd: { key: 'krd', certificate: parties.receiver },
        kdh: parties.trusted(kdh.certificate),
        freshness: { randomNumber: NONCE },
        token,
        ...changes,
      })
    const PWK = 'D0016P0AB00E0000'

    it('every kind of key that the pure function sends', async () => {
      for (const { usage, algorithm } of KINDS) {
        const value = randomKey(algorithm)
        const code = blockCodeOf(usage, algorithm)
        const version = code?.algorithm === 'A' ? 'D' : 'B'
        const header = `${version}0016${code?.usage}${code?.algorithm}${code?.mode}00E0000`
        const taken = await into(tokenOf(value, header), { usage, exportable: true })
        const kcv = Buffer.from(algorithm.startsWith('aes') ? aesKcv(value, 3) : tdesKcv(value))
        assert.deepEqual(
          taken,
          { ok: true, algorithm, kcv: kcv.toString('hex').toUpperCase(), signedAt: null },
          `${usage} ${algorithm}`,
        )
      }
    })

    it('one pass: the time of signing comes with the key', async () => {
      const content = { key: random(16), header: PWK, cipher: 'des-ede3-cbc', crls: [crl] } as const
      const token = buildKeyToken(content, kdh, parties.receiver, { signingTime: NOW }, random)
      const taken = await into(token, { freshness: { after: new Date(START - 1) } })
      assert.equal(taken.ok && taken.signedAt, START)
      assert.deepEqual(await into(token, { freshness: { after: NOW } }), { ok: false, reason: 'time-stale' })
    })

    it('what one HSM sends another takes, and hands on when both said so', async () => {
      const label = 'round'
      await hsm.generateKey({ label, usage: 'zone master', algorithm: 'aes-256', exportable: true })
      const back = async (exportability: 'E' | 'N') => {
        const route = delivery({ krd: parties.trusted(parties.receiver) })
        const sent = await hsm.tr34.exportKey({ key: label, exportability, ...route })
        assert.ok(sent.ok)
        const name = `round ${exportability}`
        const terms = {
          label: name,
          usage: 'zone master',
          exportable: true,
          kdh: parties.trusted(parties.host),
        } as const
        assert.ok((await into(sent.token, terms)).ok)
        assert.equal(await hsm.generateKcv(name), await hsm.generateKcv(label))
        return hsm.tr34.exportKey({ key: name, ...delivery() })
      }
      assert.ok((await back('E')).ok)
      await assert.rejects(back('N'), fault('KEY_NOT_EXPORTABLE', /"round N"/))
    })

    it('refuses what is not for this device, not now, not whole, or another kind of key', async () => {
      const token = tokenOf(random(16), PWK)
      const reasonOf = async (changed: Uint8Array, changes: Partial<ImportTr34> = {}) => {
        const taken = await into(changed, changes)
        return taken.ok ? 'taken' : taken.reason
      }
      assert.equal(await reasonOf(tokenOf(random(16), PWK, device)), 'recipient-wrong')
      assert.equal(await reasonOf(token, { freshness: { randomNumber: random(8) } }), 'random-wrong')
      assert.equal(await reasonOf(flip(token, token.length - 1)), 'signature')
      assert.equal(await reasonOf(token, { kdh: parties.trusted(parties.host) }), 'signer-unknown')
      assert.equal(await reasonOf(token, { usage: 'data' }), 'usage_other')
      assert.equal(await reasonOf(new Uint8Array(9)), 'malformed')
      assert.equal(await reasonOf(token), 'taken')
      await assert.rejects(
        into(token, { krd: { key: 'krd', certificate: device } }),
        fault('INVALID_INPUT_DATA', /certificate of key "krd"/),
      )
      await assert.rejects(
        into(token, { krd: { key: 'kdh', certificate: parties.host } }),
        fault('KEY_WRONG_USAGE', /open key tokens/),
      )
    })

    it('no flipped bit gives another key', async () => {
      const token = tokenOf(random(16), PWK)
      const versions = [...token.keys()].filter((at) => token[at] === 3 && token[at - 1] === 1)
      for (let round = 0; round < 40; round++) {
        const at = randomBytes(2).readUInt16BE() % token.length
        // The version of SignedData is neither signed nor of any effect.
        if (versions.includes(at)) continue
        assert.equal((await into(flip(token, at))).ok, false, `byte ${at}`)
      }
    })
  })

  /** The key block of a token, by OpenSSL alone. */
  function withOpenssl(token: Uint8Array): Buffer {
    const folder = mkdtempSync(join(tmpdir(), 'tapbench-tr34-'))
    const at = (name: string) => join(folder, name)
    const openssl = (...args: string[]) =>
      execFileSync('openssl', ['cms', '-inform', 'DER', ...args], { stdio: 'pipe' })
    try {
      writeFileSync(at('token'), token)
      writeFileSync(at('host.pem'), parties.host.toString())
      writeFileSync(at('ca.pem'), parties.ca.certificate.toString())
      writeFileSync(at('device.pem'), device.toString())
      writeFileSync(at('key.pem'), krdKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
      const trust = [
        '-CAfile',
        at('ca.pem'),
        '-certfile',
        at('host.pem'),
        '-purpose',
        'any',
        '-no_check_time',
      ]
      openssl('-verify', '-in', at('token'), ...trust, '-binary', '-out', at('content'))
      writeFileSync(
        at('envelope'),
        contentInfo(OID.envelopedData, new Uint8Array(readFileSync(at('content')))),
      )
      const to = ['-recip', at('device.pem'), '-inkey', at('key.pem')]
      return openssl('-decrypt', '-in', at('envelope'), ...to, '-binary')
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
})
