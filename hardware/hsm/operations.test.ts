import assert from 'node:assert/strict'
import { createCipheriv, createHash, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { AES_DUKPT, aesWorkingKey } from '../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../protocols/dukpt/ksn.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { aesCmac, tdesCmac } from '../../protocols/mac/cmac.ts'
import { retailMac } from '../../protocols/mac/iso9797.ts'
import { aesKcv, tdesKcv } from '../../protocols/mac/kcv.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import type { HsmFault } from './error.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from './hierarchy/algorithms.ts'
import { type GenerateMac, type Hsm, openHsm } from './hsm.ts'
import { MemoryKeyStore } from './keys/key-store.ts'
import { fault } from './test-support/fault.ts'
import { createPrivateToken, type Token } from './token.ts'

const START = Date.UTC(2026, 0, 1)
const LENGTHS = [0, 1, 7, 8, 9, 15, 16, 17, 31, 64, 1_000]

function randomKey(algorithm: SecretAlgorithm): Uint8Array {
  const value = new Uint8Array(randomBytes(ALGORITHMS[algorithm].bytes))
  return familyOf(algorithm) === 'tdes' ? withOddParity(value) : value
}

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}

describe('operations in the token', () => {
  let directory: string
  let token: Token
  let hsm: Hsm
  const keys = new MemoryKeyStore()
  const clock = new ManualClock(START)
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-operations-'))
    token = await createPrivateToken({ directory })
    hsm = await openHsm({ token, keys, signers: 1, journal: silentJournal, clock })
  })
  after(async () => {
    await hsm.close()
    await token.close()
    await rm(directory, { recursive: true })
  })

  describe('MACs are those of the pure functions', () => {
    const table: [
      GenerateMac['method'],
      SecretAlgorithm,
      (key: Uint8Array, data: Uint8Array) => Uint8Array,
    ][] = [
      ['aes-cmac', 'aes-128', aesCmac],
      ['aes-cmac', 'aes-192', aesCmac],
      ['aes-cmac', 'aes-256', aesCmac],
      ['tdes-cmac', 'tdes-2', tdesCmac],
      ['tdes-cmac', 'tdes-3', tdesCmac],
      ['hmac-sha256', 'hmac-sha256', (key, data) => createHmac('sha256', key).update(data).digest()],
      ['retail, padding 1', 'tdes-2', (key, data) => retailMac(key, data, 1)],
      ['retail, padding 2', 'tdes-2', (key, data) => retailMac(key, data, 2)],
    ]
    for (const [method, algorithm, pure] of table) {
      it(`${method} with ${algorithm}`, async () => {
        const value = randomKey(algorithm)
        const key = `${method} ${algorithm}`
        await hsm.importKey({ label: key, usage: 'MAC', algorithm, value })
        for (const data of LENGTHS.map(random)) {
          const mac = await hsm.generateMac({ key, method, data })
          assert.equal(toHex(mac), toHex(pure(value, data)), `${data.length} bytes`)
          assert.equal(await hsm.verifyMac({ key, method, data, mac }), true)
          assert.equal(await hsm.verifyMac({ key, method, data, mac: mac.subarray(0, 4) }), true)
          const wrong = mac.map((byte, index) => (index === 3 ? byte ^ 1 : byte))
          assert.equal(await hsm.verifyMac({ key, method, data, mac: wrong }), false)
        }
      })
    }

    it('a generated key for the retail MAC makes single and triple DES of one and the same key', async () => {
      await hsm.generateKey({ label: 'retail', usage: 'MAC', algorithm: 'tdes-2' })
      const mac = (data: Uint8Array) => hsm.generateMac({ key: 'retail', method: 'retail, padding 1', data })
      const [first, second] = [random(8), random(8)]
      // One block is triple DES alone; of two, the second is chained with single DES of the first, by which the halves differ.
      const long = await mac(Uint8Array.from([...first, ...second]))
      assert.notEqual(toHex(long), toHex(await mac(second)))
      assert.equal(await hsm.generateKcv('retail'), toHex(await mac(new Uint8Array(8))).slice(0, 6))
    })
  })

  describe('ciphers', () => {
    for (const algorithm of ['aes-128', 'aes-192', 'aes-256', 'tdes-2', 'tdes-3'] as const) {
      it(`${algorithm}: ECB and CBC as OpenSSL has them, and back`, async () => {
        const value = randomKey(algorithm)
        await hsm.importKey({ label: `data ${algorithm}`, usage: 'data', algorithm, value })
        const tdes = { 'tdes-2': 'des-ede', 'tdes-3': 'des-ede3' }[algorithm as string]
        const block = tdes === undefined ? 16 : 8
        for (const mode of ['ecb', 'cbc'] as const) {
          const iv = mode === 'cbc' ? random(block) : null
          const cipher =
            tdes === undefined
              ? `${algorithm}-${mode}`
              : mode === 'ecb'
                ? tdes === 'des-ede'
                  ? 'des-ede'
                  : 'des-ede3'
                : `${tdes}-cbc`
          const data = random(block * 5)
          const args = { key: `data ${algorithm}`, mode, iv }
          const expected = createCipheriv(cipher, value, iv).setAutoPadding(false).update(data)
          const encrypted = await hsm.encryptData({ ...args, data })
          assert.equal(toHex(encrypted), toHex(expected))
          assert.deepEqual(await hsm.decryptData({ ...args, data: encrypted }), data)
        }
      })
    }
  })

  describe('check values', () => {
    const table: Record<SecretAlgorithm, (key: Uint8Array) => Uint8Array> = {
      'aes-128': aesKcv,
      'aes-192': aesKcv,
      'aes-256': aesKcv,
      'tdes-2': tdesKcv,
      'tdes-3': tdesKcv,
      'hmac-sha256': (key) => createHmac('sha256', key).digest(),
    }
    for (const [name, pure] of Object.entries(table)) {
      const algorithm = name as SecretAlgorithm
      it(`${algorithm}: of an imported key, and the same again`, async () => {
        const value = randomKey(algorithm)
        const expected = toHex(pure(value).slice(0, 3))
        const label = `kcv ${algorithm}`
        assert.equal(
          (await hsm.importKey({ label, usage: 'MAC', algorithm, value, kcv: expected })).kcv,
          expected,
        )
        assert.equal(await hsm.generateKcv(label), expected)
      })
    }
    it('one that is not the key’s refuses the import, and the label stays free', async () => {
      const key = { label: 'mistyped', usage: 'MAC', algorithm: 'aes-128', value: random(16) } as const
      await assert.rejects(
        hsm.importKey({ ...key, kcv: '000000' }),
        fault('KCV_MISMATCH', /"mistyped" .* 000000/),
      )
      await hsm.importKey(key)
    })
  })

  describe('signatures', () => {
    const message = random(200)
    const digest = createHash('sha256').update(message).digest()
    for (const algorithm of ['ec-p256', 'ec-secp256k1', 'ed25519'] as const) {
      it(`${algorithm}: verified by Node with the public key that came out`, async () => {
        const { publicKey } = await hsm.generateKeyPair({ label: algorithm, algorithm })
        const raw = algorithm === 'ed25519'
        const signature = await hsm.sign({ key: algorithm, data: raw ? message : digest })
        const key = createPublicKey(publicKey)
        const verified = verify(raw ? null : 'sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
        assert.equal(verified, true)
        await assert.rejects(
          hsm.generateMac({ key: algorithm, method: 'aes-cmac', data: message }),
          fault('KEY_WRONG_USAGE', /to generate MACs, got one of usage "signing"/),
        )
      })
    }
    it('ECDSA takes digests alone', async () => {
      await assert.rejects(
        hsm.sign({ key: 'ec-p256', data: message }),
        fault('INVALID_INPUT_DATA', /a digest of 32 bytes, got 200/),
      )
    })
  })

  describe('AES DUKPT', () => {
    for (const algorithm of ['aes-128', 'aes-192', 'aes-256'] as const) {
      it(`${algorithm}: data of a transaction, from base and from initial key`, async () => {
        const value = randomKey(algorithm)
        const base = `base ${algorithm}`
        await hsm.importKey({ label: base, usage: 'DUKPT base', algorithm, value })
        const id = random(8)
        const initial = { scheme: AES_DUKPT, id, counter: 0 }
        const label = `initial ${algorithm}`
        const { kcv } = await hsm.dukpt.deriveInitialKey({ label, base, ksn: ksnBytes(initial) })
        assert.equal(kcv, toHex(aesKcv(AES_DUKPT.initialKey(value, id), 3)))
        for (const counter of [1, 2, 0x0003_8000, 0xffff_0000]) {
          const ksn = { ...initial, counter }
          const type = `AES${algorithm.slice(4)}` as 'AES128'
          const key = aesWorkingKey(hostTransactionKey(value, ksn), ksn, 'dataEncrypt', type)
          const [iv, data] = [random(16), random(48)]
          const sent = createCipheriv(`${algorithm}-cbc`, key, iv).setAutoPadding(false).update(data)
          for (const name of [base, label]) {
            const came = await hsm.dukpt.decrypt({
              key: name,
              ksn: ksnBytes(ksn),
              iv,
              data: new Uint8Array(sent),
            })
            assert.deepEqual(came, data)
          }
        }
      })
    }
    it('an initial key makes no initial keys', async () => {
      await assert.rejects(
        hsm.dukpt.deriveInitialKey({ label: 'x', base: 'initial aes-128', ksn: new Uint8Array(12) }),
        fault('KEY_WRONG_USAGE', /to derive initial keys, got one of usage "DUKPT initial"/),
      )
    })
    it('a KSN of TDES, or without a counter, is refused', async () => {
      const args = { key: 'base aes-128', iv: random(16), data: random(16) }
      for (const length of [10, 12])
        await assert.rejects(
          hsm.dukpt.decrypt({ ...args, ksn: new Uint8Array(length) }),
          fault('INVALID_INPUT_DATA', /KSN/),
        )
    })
  })

  describe('keys', () => {
    it('are used for what they are for', async () => {
      await hsm.generateKey({ label: 'check only', usage: 'MAC verification', algorithm: 'aes-128' })
      await hsm.generateKey({ label: 'data only', usage: 'data', algorithm: 'aes-128' })
      const mac = { method: 'aes-cmac', data: random(9) } as const
      await assert.rejects(
        hsm.generateMac({ key: 'check only', ...mac }),
        fault('KEY_WRONG_USAGE', /"check only"/),
      )
      assert.equal(await hsm.verifyMac({ key: 'check only', ...mac, mac: new Uint8Array(16) }), false)
      await assert.rejects(
        hsm.generateMac({ key: 'data only', ...mac }),
        fault('KEY_WRONG_USAGE', /"data only"/),
      )
      await assert.rejects(
        hsm.encryptData({ key: 'check only', mode: 'ecb', iv: null, data: random(16) }),
        fault('KEY_WRONG_USAGE', /to encrypt/),
      )
    })

    it('have a first and a last moment', async () => {
      const terms = { validFrom: START + 1_000, validUntil: START + 2_000 }
      await hsm.generateKey({ label: 'of a second', usage: 'MAC', algorithm: 'aes-128', ...terms })
      const mac = () => hsm.generateMac({ key: 'of a second', method: 'aes-cmac', data: random(1) })
      await assert.rejects(mac(), fault('KEY_NOT_YET_VALID', /from 2026-01-01T00:00:01\.000Z on/))
      clock.advance(1_000)
      await mac()
      clock.advance(1_000)
      await mac()
      clock.advance(1)
      await assert.rejects(mac(), fault('KEY_EXPIRED', /ended 2026-01-01T00:00:02\.000Z/))
    })

    it('whose record or blob was changed are found out, bit by bit', async () => {
      await hsm.generateKey({ label: 'sealed', usage: 'MAC', algorithm: 'aes-128' })
      const sealed = keys.get('sealed')
      assert.ok(sealed)
      const flipped = (hex: string) =>
        `${hex.slice(0, -1)}${(Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)}`
      const changes = [
        { ...sealed, blob: flipped(sealed.blob) },
        { ...sealed, seal: flipped(sealed.seal) },
        { ...sealed, seal: '' },
        { ...sealed, singleBlob: sealed.blob },
        ...[
          { usage: 'data' },
          { algorithm: 'aes-256' },
          { owner: 'me' },
          { version: 2 },
          { validUntil: START * 2 },
          { exportable: true },
          { kcv: '123456' },
        ].map((change) => ({ ...sealed, record: { ...sealed.record, ...change } as typeof sealed.record })),
      ]
      for (const change of changes) {
        await keys.put(change)
        const known = change.record.usage === 'data' || change.record.algorithm === 'aes-256'
        const asked = known
          ? hsm.generateKcv('sealed')
          : hsm.generateMac({ key: 'sealed', method: 'aes-cmac', data: random(1) })
        await assert.rejects(asked, fault('BLOB_ALTERED', /"sealed" as it was sealed/))
      }
      await keys.put({ ...sealed, token: '0011223344556677' })
      await assert.rejects(
        hsm.generateKcv('sealed'),
        fault('BLOB_OF_ANOTHER_TOKEN', /token 0011223344556677/),
      )
      await keys.put(sealed)
      await hsm.generateMac({ key: 'sealed', method: 'aes-cmac', data: random(1) })
    })

    it('are of an algorithm that their usage has', async () => {
      await assert.rejects(
        hsm.generateKey({ label: 'x', usage: 'DUKPT base', algorithm: 'tdes-3' }),
        fault('INVALID_INPUT_DATA', /for usage "DUKPT base" an algorithm aes-128 or/),
      )
      await assert.rejects(
        hsm.generateMac({ key: 'data only', method: 'retail, padding 1', data: random(8) }),
        fault('KEY_WRONG_USAGE'),
      )
      await assert.rejects(
        hsm.generateMac({ key: 'check only', method: 'tdes-cmac', data: random(8) }),
        fault('KEY_WRONG_USAGE'),
      )
      await assert.rejects(
        hsm.verifyMac({ key: 'check only', method: 'tdes-cmac', data: random(8), mac: random(8) }),
        fault('KEY_WRONG_TYPE', /of tdes-2 or tdes-3, got aes-128/),
      )
    })

    it('more than a signer holds in its token come and go, each still itself', async () => {
      const [first] = await Promise.all(
        Array.from({ length: 1_100 }, (_, i) =>
          hsm.generateKey({ label: `many ${i}`, usage: 'MAC', algorithm: 'aes-128' }),
        ),
      )
      const zeros = new Uint8Array(16)
      const macs = await Promise.all(
        Array.from({ length: 1_100 }, (_, i) =>
          hsm.generateMac({ key: `many ${i}`, method: 'aes-cmac', data: zeros }),
        ),
      )
      assert.equal(new Set(macs.map(toHex)).size, 1_100)
      const again = await hsm.generateMac({ key: 'many 0', method: 'aes-cmac', data: zeros })
      assert.equal(toHex(again).slice(0, 6), first?.kcv)
    })
  })

  describe('refuses before anything is sent', () => {
    const refused: [string, () => Promise<unknown>, HsmFault, RegExp][] = [
      [
        'more data than fits',
        () => hsm.generateMac({ key: 'x', method: 'aes-cmac', data: new Uint8Array(65_537) }),
        'DATA_TOO_LONG',
        /at most 65536 bytes, got 65537/,
      ],
      [
        'half a block',
        () => hsm.encryptData({ key: 'data aes-128', mode: 'ecb', iv: null, data: new Uint8Array(24) }),
        'INVALID_INPUT_DATA',
        /whole blocks of 16 bytes, got 24/,
      ],
      [
        'no data to encrypt',
        () => hsm.encryptData({ key: 'data tdes-2', mode: 'ecb', iv: null, data: new Uint8Array(0) }),
        'INVALID_INPUT_DATA',
        /whole blocks of 8 bytes, got 0/,
      ],
      [
        'CBC with a vector of another cipher',
        () =>
          hsm.encryptData({
            key: 'data aes-128',
            mode: 'cbc',
            iv: new Uint8Array(8),
            data: new Uint8Array(16),
          }),
        'INVALID_INPUT_DATA',
        /vector of 16 bytes, got 8/,
      ],
      [
        'ECB with a vector',
        () =>
          hsm.encryptData({
            key: 'data aes-128',
            mode: 'ecb',
            iv: new Uint8Array(16),
            data: new Uint8Array(16),
          }),
        'INVALID_INPUT_DATA',
        /no initial vector with ECB/,
      ],
      [
        'a MAC of three bytes',
        () =>
          hsm.verifyMac({ key: 'x', method: 'aes-cmac', data: new Uint8Array(1), mac: new Uint8Array(3) }),
        'INVALID_INPUT_DATA',
        /4 to 16 bytes, got 3/,
      ],
      [
        'a MAC that is too long',
        () =>
          hsm.verifyMac({ key: 'x', method: 'tdes-cmac', data: new Uint8Array(1), mac: new Uint8Array(9) }),
        'INVALID_INPUT_DATA',
        /4 to 8 bytes, got 9/,
      ],
      [
        'an unknown method',
        () => hsm.generateMac({ key: 'x', method: 'md5' as 'aes-cmac', data: new Uint8Array(1) }),
        'INVALID_INPUT_DATA',
        /a MAC method .* got md5/,
      ],
      [
        'an unknown usage',
        () => hsm.generateKey({ label: 'x', usage: 'all' as 'MAC', algorithm: 'aes-128' }),
        'INVALID_INPUT_DATA',
        /a usage .* got all/,
      ],
      [
        'a key that nobody made',
        () => hsm.generateMac({ key: 'nobody', method: 'aes-cmac', data: new Uint8Array(1) }),
        'KEY_NOT_FOUND',
        /"nobody", got none/,
      ],
      [
        'a key of the wrong length',
        () => hsm.importKey({ label: 'x', usage: 'MAC', algorithm: 'aes-256', value: new Uint8Array(16) }),
        'INVALID_INPUT_DATA',
        /a key of aes-256 of 32 bytes, got 16/,
      ],
    ]
    for (const [name, call, code, message] of refused)
      it(name, () => assert.rejects(call(), fault(code, message)))
  })
})
