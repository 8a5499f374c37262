import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { unwrapKey, wrapKey } from '../../protocols/keyblock/tr31/key-block.ts'
import { aesCmac } from '../../protocols/mac/cmac.ts'
import { aesKcv, tdesKcv } from '../../protocols/mac/kcv.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import { xor } from '../../protocols/mac/xor.ts'
import type { BlockVersion } from './exchange.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from './hierarchy/algorithms.ts'
import { blockCodeOf } from './hierarchy/block-codes.ts'
import { type KeyUsage, USAGES } from './hierarchy/usages.ts'
import type { Hsm } from './hsm.ts'
import { type BenchHsm, openBenchHsm } from './test-support/bench-hsm.ts'
import { fault } from './test-support/fault.ts'
import { vectorsOf } from './test-support/vectors.ts'

const TR31 = vectorsOf('tr31')

const START = Date.UTC(2026, 0, 1)
const random = (length: number) => new Uint8Array(randomBytes(length))

function randomKey(algorithm: SecretAlgorithm): Uint8Array {
  const value = random(ALGORITHMS[algorithm].bytes)
  return familyOf(algorithm) === 'tdes' ? withOddParity(value) : value
}

describe('keys for and from others', () => {
  let bench: BenchHsm
  let hsm: Hsm
  const clock = new ManualClock(START)
  const zmk = { t: randomKey('tdes-3'), a: randomKey('aes-256') }
  const PROTECTION = { A: 'zmk t', B: 'zmk t', C: 'zmk t', D: 'zmk a', E: 'zmk a' } as const
  before(async () => {
    bench = await openBenchHsm({ clock })
    hsm = bench.hsm
    for (const [name, algorithm] of [
      ['t', 'tdes-3'],
      ['a', 'aes-256'],
    ] as const) {
      const parts = [random(zmk[name].length), random(zmk[name].length)]
      const components = [...parts, parts.reduce(xor, zmk[name])]
      const kcv = toHex((name === 't' ? tdesKcv : aesKcv)(zmk[name], 3))
      const made = await hsm.exchange.importZmk({ label: `zmk ${name}`, algorithm, components, kcv })
      assert.equal(made.kcv, kcv)
    }
  })
  after(() => bench.close())

  describe('ExportWorkingKey and ImportWorkingKey', () => {
    const kinds = (Object.keys(USAGES) as KeyUsage[]).flatMap((usage) =>
      (USAGES[usage].algorithms as readonly SecretAlgorithm[]).flatMap((algorithm) =>
        blockCodeOf(usage, algorithm) === null ? [] : [{ usage, algorithm }],
      ),
    )
    for (const version of ['A', 'B', 'C', 'D', 'E'] as const)
      it(`version ${version}: every kind of key that may, out as the pure function reads it, and in again`, async () => {
        const zoneMaster = PROTECTION[version]
        const mine = kinds.filter(({ algorithm }) => zoneMaster === 'zmk a' || familyOf(algorithm) === 'tdes')
        assert.ok(mine.length >= 14)
        for (const { usage, algorithm } of mine) {
          const value = randomKey(algorithm)
          const label = `${version} ${usage} ${algorithm}`
          const { kcv } = await hsm.importKey({ label, usage, algorithm, value, exportable: true })
          const block = await hsm.exchange.exportWorkingKey({ key: label, zoneMaster, version })
          const read = unwrapKey(zmk[zoneMaster === 'zmk a' ? 'a' : 't'], block)
          assert.ok(read.valid, label)
          assert.deepEqual(read.value.key, value, label)
          const into = { label: `${label} again`, usage, zoneMaster, block, exportable: true }
          assert.deepEqual(await hsm.exchange.importWorkingKey(into), { ok: true, kcv, algorithm })
          // The block said N, whatever the receiver would like.
          await assert.rejects(
            hsm.exchange.exportWorkingKey({ key: into.label, zoneMaster, version }),
            fault('KEY_NOT_EXPORTABLE', /was not made so/),
          )
        }
      })

    it('TR-31:2018, A.7.4: the block of the specification is of a key that may only encrypt PINs, which none here is', async () => {
      const vector = TR31.find(({ id }) => id === 'oe-6') ?? assert.fail('no vector oe-6')
      const value = fromHex(vector.kbpk)
      await hsm.importKey({ label: 'kbpk', usage: 'zone master', algorithm: 'aes-256', value })
      const into = { label: 'x', usage: 'PIN working', zoneMaster: 'kbpk', block: vector.keyBlock } as const
      assert.deepEqual(await hsm.exchange.importWorkingKey(into), { ok: false, reason: 'usage_other' })
    })

    it('every published block that the pure function takes or refuses comes to the same here', async () => {
      const blocks = TR31.filter(
        ({ kind, keyBlock }) => keyBlock !== undefined && !kind.startsWith('kbpk'),
      ).filter(({ kbpk }) => [16, 24, 32].includes(kbpk.length / 2))
      let run = 0
      for (const { id, kbpk, keyBlock = '' } of blocks) {
        const value = fromHex(kbpk)
        const version = keyBlock.charAt(0)
        const algorithm = 'DE'.includes(version)
          ? (`aes-${value.length * 8}` as 'aes-128')
          : value.length === 24
            ? 'tdes-3'
            : 'tdes-2'
        if (ALGORITHMS[algorithm]?.bytes !== value.length) continue
        await hsm.importKey({ label: `kbpk ${id}`, usage: 'zone master', algorithm, value })
        const read = unwrapKey(value, keyBlock)
        const into = {
          label: `key ${id}`,
          usage: 'PIN working',
          zoneMaster: `kbpk ${id}`,
          block: keyBlock,
        } as const
        const result = await hsm.exchange.importWorkingKey(into)
        if (!read.valid) assert.deepEqual(result, { ok: false, reason: read.reason }, id)
        else {
          const { usage, mode } = read.value.header
          assert.equal(result.ok, usage === 'P0' && mode === 'B', id)
        }
        run++
      }
      assert.ok(run > 50, `${run}`)
    })

    it('a bit of the block flipped, another zone, another usage: refused for its own reason, and the label stays free', async () => {
      await hsm.exchange.generatePwk({ label: 'pwk', algorithm: 'aes-128', exportable: true })
      const block = await hsm.exchange.exportWorkingKey({ key: 'pwk', zoneMaster: 'zmk a', version: 'D' })
      await hsm.exchange.generateZmk({ label: 'zmk other', algorithm: 'aes-256' })
      const into = { label: 'came', usage: 'PIN working', zoneMaster: 'zmk a', block } as const
      const flipped = `${block.slice(0, -1)}${block.endsWith('0') ? '1' : '0'}`
      for (const [change, reason] of [
        [{ block: flipped }, 'mac'],
        [{ zoneMaster: 'zmk other' }, 'mac'],
        [{ block: 'D' }, 'length'],
        [{ usage: 'data' }, 'usage_other'],
      ] as const)
        assert.deepEqual(await hsm.exchange.importWorkingKey({ ...into, ...change }), { ok: false, reason })
      assert.ok((await hsm.exchange.importWorkingKey(into)).ok)
      await assert.rejects(hsm.exchange.importWorkingKey(into), fault('KEY_EXISTS', /"came"/))
    })
  })

  describe('what stays', () => {
    const keys: [
      name: string,
      usage: KeyUsage,
      algorithm: SecretAlgorithm,
      exportable: boolean,
      why: RegExp,
    ][] = [
      ['a key that was not made exportable', 'PIN working', 'aes-128', false, /was not made so/],
      ['the key of a card', 'card cryptogram', 'aes-128', true, /of usage "card cryptogram"/],
      ['a card transport key', 'card transport', 'aes-128', true, /of usage "card transport"/],
      ['an HMAC key', 'MAC', 'hmac-sha256', true, /of usage "MAC" and hmac-sha256/],
      ['a stronger key', 'PIN working', 'aes-128', true, /aes-128 under tdes-3, which is weaker/],
    ]
    for (const [name, usage, algorithm, exportable, why] of keys)
      it(name, async () => {
        await hsm.generateKey({ label: name, usage, algorithm, exportable })
        await assert.rejects(
          hsm.exchange.exportWorkingKey({ key: name, zoneMaster: 'zmk t', version: 'B' }),
          fault('KEY_NOT_EXPORTABLE', why),
        )
      })
    it('everything, under a key that is no zone master key', async () => {
      await hsm.generateKey({ label: 'data', usage: 'data', algorithm: 'aes-256' })
      await assert.rejects(
        hsm.exchange.exportWorkingKey({ key: 'pwk', zoneMaster: 'data', version: 'D' }),
        fault('KEY_NOT_EXPORTABLE', /exportable under "data"/),
      )
    })
    it('an AES zone master key makes no block of version B', async () => {
      await hsm.exchange.generatePwk({ label: 'pwk t', algorithm: 'tdes-2', exportable: true })
      const args = { key: 'pwk t', zoneMaster: 'zmk a', version: 'B' as BlockVersion }
      await assert.rejects(
        hsm.exchange.exportWorkingKey(args),
        fault('KEY_WRONG_TYPE', /key "zmk a" of tdes-2 or tdes-3, got aes-256/),
      )
    })
  })

  describe('TranslateKey', () => {
    const header = {
      version: 'D',
      usage: 'P0',
      algorithm: 'A',
      mode: 'E',
      keyVersion: '07',
      exportability: 'E',
      context: '0',
      optionalBlocks: [],
    } as const
    it('all but the version of the block stays as it was, and no key is kept', async () => {
      const key = random(16)
      const block = wrapKey(zmk.a, { ...header, mode: 'B' }, key, random)
      const before = hsm.keys.length
      const result = await hsm.exchange.translateKey({ from: 'zmk a', to: 'kbpk', block, version: 'E' })
      assert.ok(result.ok)
      const vector = TR31.find(({ id }) => id === 'oe-6') ?? assert.fail('no vector oe-6')
      const read = unwrapKey(fromHex(vector.kbpk), result.block)
      assert.ok(read.valid)
      assert.deepEqual(read.value.key, key)
      const { version, keyVersion, exportability } = read.value.header
      assert.deepEqual([version, keyVersion, exportability], ['E', '07', 'E'])
      assert.equal(hsm.keys.length, before)
    })
    it('a key that may go no further, is too strong or is unknown is refused', async () => {
      const translate = (change: object, to = 'kbpk', version: BlockVersion = 'D') =>
        hsm.exchange.translateKey({
          from: 'zmk a',
          to,
          version,
          block: wrapKey(zmk.a, { ...header, mode: 'B', ...change }, random(16), random),
        })
      assert.deepEqual(await translate({ exportability: 'N' }), { ok: false, reason: 'not_exportable' })
      assert.deepEqual(await translate({}, 'zmk t', 'B'), { ok: false, reason: 'zone_master_weak' })
      assert.deepEqual(await translate({ usage: 'B3', mode: 'X' }), { ok: false, reason: 'usage_other' })
    })
  })

  describe('ImportZmk', () => {
    const components = [random(16), random(16)]
    const terms = { label: 'zmk typed', algorithm: 'aes-128', components } as const
    it('a check value that is not the key’s', async () => {
      await assert.rejects(
        hsm.exchange.importZmk({ ...terms, kcv: '000000' }),
        fault('KCV_MISMATCH', /"zmk typed"/),
      )
    })
    it('one component alone, or one of another length', async () => {
      await assert.rejects(
        hsm.exchange.importZmk({ ...terms, components: [random(16)], kcv: '000000' }),
        fault('INVALID_INPUT_DATA', /2 or 3 components, got 1/),
      )
      await assert.rejects(
        hsm.exchange.importZmk({ ...terms, components: [random(16), random(24)], kcv: '000000' }),
        fault('INVALID_INPUT_DATA', /a component of 16 bytes, got 24/),
      )
    })
  })

  describe('renewKey', () => {
    it('the next version takes the label, the one before it works on until it ends', async () => {
      const value = random(16)
      const data = random(20)
      await hsm.importKey({
        label: 'mac',
        usage: 'MAC',
        algorithm: 'aes-128',
        value,
        owner: 'shop',
        exportable: true,
      })
      const mac = (key: string) => hsm.generateMac({ key, method: 'aes-cmac', data })
      assert.deepEqual(await mac('mac'), aesCmac(value, data))
      const renewed = await hsm.renewKey({
        label: 'mac',
        previousUntil: START + 1_000,
        validUntil: START + 9_000,
      })
      assert.deepEqual(renewed, { version: 2, previous: 'mac/v1' })
      assert.deepEqual(await mac('mac/v1'), aesCmac(value, data))
      assert.notDeepEqual(await mac('mac'), aesCmac(value, data))
      const { owner, exportable, version, validUntil } = bench.keys.get('mac')?.record ?? {}
      assert.deepEqual([owner, exportable, version, validUntil], ['shop', true, 2, START + 9_000])
      clock.advance(1_001)
      await assert.rejects(mac('mac/v1'), fault('KEY_EXPIRED', /"mac\/v1"/))
      await mac('mac')
      assert.equal((await hsm.renewKey({ label: 'mac' })).version, 3)
      assert.equal(bench.keys.get('mac/v2')?.record.validUntil, START + 9_000)
    })
    it('an expired key can be renewed, and so can a pair and a retail MAC key', async () => {
      await hsm.generateKey({ label: 'old', usage: 'MAC', algorithm: 'tdes-2', validUntil: START })
      await hsm.generateKeyPair({ label: 'pair', algorithm: 'ec-p256' })
      for (const label of ['old', 'pair']) assert.equal((await hsm.renewKey({ label })).version, 2)
      await hsm.generateMac({ key: 'old', method: 'retail, padding 2', data: random(9) })
      await hsm.sign({ key: 'pair', data: random(32) })
    })
    it('a label that is taken is not overwritten, and two renewals at once are one', async () => {
      const key = { usage: 'MAC', algorithm: 'aes-128' } as const
      for (const label of ['taken', 'taken/v1', 'twice']) await hsm.generateKey({ label, ...key })
      await assert.rejects(hsm.renewKey({ label: 'taken' }), fault('KEY_EXISTS', /"taken\/v1"/))
      const both = await Promise.allSettled([
        hsm.renewKey({ label: 'twice' }),
        hsm.renewKey({ label: 'twice' }),
      ])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })
    it('a signer that is told of the version before again works on with the newer one', async () => {
      const label = 'told'
      await hsm.generateKey({ label, usage: 'MAC', algorithm: 'aes-128' })
      const old = bench.keys.get(label)
      await hsm.renewKey({ label })
      const mac = () => hsm.generateMac({ key: label, method: 'aes-cmac', data: new Uint8Array(1) })
      const [renewed, expected] = [bench.keys.get(label), await mac()]
      assert.ok(old && renewed)
      await bench.keys.put(structuredClone(old))
      assert.deepEqual(await mac(), expected)
      await bench.keys.put(renewed)
      assert.deepEqual(await mac(), expected)
    })
    it('what another party has to be given is not renewed behind its back', async () => {
      await assert.rejects(
        hsm.renewKey({ label: 'the key of a card' }),
        fault('KEY_WRONG_USAGE', /a key that is generated/),
      )
      await assert.rejects(hsm.renewKey({ label: 'nobody' }), fault('KEY_NOT_FOUND', /"nobody"/))
      await assert.rejects(
        hsm.renewKey({ label: 'mac', validFrom: 2, validUntil: 1 }),
        fault('INVALID_INPUT_DATA', /ends after it begins/),
      )
    })
  })
})
