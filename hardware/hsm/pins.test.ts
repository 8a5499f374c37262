import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey } from '../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../protocols/dukpt/ksn.ts'
import { TDES_DUKPT, tdesWorkingKey } from '../../protocols/dukpt/tdes.ts'
import { encryptCbc } from '../../protocols/mac/des.ts'
import { tdesKcv } from '../../protocols/mac/kcv.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import { decipherPin, encipherPin } from '../../protocols/pin/encipher.ts'
import { ibm3624Offset, validationData } from '../../protocols/pin/ibm3624.ts'
import { visaPvv } from '../../protocols/pin/pvv.ts'
import type { SecretAlgorithm } from './hierarchy/algorithms.ts'
import type { KeyUsage } from './hierarchy/usages.ts'
import type { Hsm } from './hsm.ts'
import type { PinAccount } from './pins.ts'
import { type BenchHsm, openBenchHsm } from './test-support/bench-hsm.ts'
import { fault } from './test-support/fault.ts'
import { type Vector, vectorsOf } from './test-support/vectors.ts'

const CARD_VALUES = vectorsOf('card-values')
const DUKPT = vectorsOf('dukpt-tdes')
const PIN_BLOCKS = vectorsOf('pin-blocks')

const PAN = '4012345678909'
const TABLE = '0123456789012345'
const random = (length: number) => new Uint8Array(randomBytes(length))
const randomTdes = () => withOddParity(random(16))
const randomPin = () => Array.from({ length: randomInt(4, 13) }, () => randomInt(10)).join('')

describe('PIN operations', () => {
  let bench: BenchHsm
  let hsm: Hsm
  const pwk = { t: randomTdes(), a: random(32) }
  before(async () => {
    bench = await openBenchHsm()
    hsm = bench.hsm
    await hsm.importKey({ label: 'pwk t', usage: 'PIN working', algorithm: 'tdes-2', value: pwk.t })
    await hsm.importKey({ label: 'pwk a', usage: 'PIN working', algorithm: 'aes-256', value: pwk.a })
  })
  after(() => bench.close())

  async function take(
    label: string,
    usage: KeyUsage,
    value: Uint8Array,
    algorithm: SecretAlgorithm = value.length === 24 ? 'tdes-3' : 'tdes-2',
  ): Promise<string> {
    if (bench.keys.get(label) === undefined) await hsm.importKey({ label, usage, algorithm, value })
    return label
  }

  describe('TDES DUKPT', () => {
    const bdk = '0123456789ABCDEFFEDCBA9876543210'
    const vectors = DUKPT.filter(({ kind }) => kind === 'transaction')

    it('X9.24-1:2009, A.4: the initial key, and PIN blocks of its transactions from both keys', async () => {
      const base = await take('x9 base', 'DUKPT base', fromHex(bdk))
      const [first] = DUKPT.filter(({ kind }) => kind === 'initial-key')
      assert.equal(first?.bdk, bdk)
      const { kcv } = await hsm.dukpt.deriveInitialKey({
        label: 'x9 initial',
        base,
        ksn: fromHex(first?.ksn),
      })
      assert.equal(kcv, toHex(tdesKcv(fromHex(first?.ik))))
      let run = 0
      for (const v of vectors.filter(({ ik, encryptedPinBlock }) => ik === first?.ik && encryptedPinBlock))
        for (const key of [base, 'x9 initial']) {
          const to = { key: 'pwk t', format: 0, pan: v.pan } as const
          const from = { ...to, key, ksn: fromHex(v.ksn) }
          const result = await hsm.pins.translatePin({ from, to, block: fromHex(v.encryptedPinBlock) })
          assert.ok(result.ok, v.id)
          assert.deepEqual(decipherPin({ ...to, key: pwk.t }, result.block), { ok: true, pin: v.pin }, v.id)
          run++
        }
      assert.ok(run >= 10, `${run}`)
    })

    it('random base keys: initial keys keep the bits that parity would take', async () => {
      for (let i = 0; i < 5; i++) {
        const value = randomTdes()
        const [base, label] = [`base ${i}`, `initial ${i}`]
        await take(base, 'DUKPT base', value)
        const initial = { scheme: TDES_DUKPT, id: fromHex(`FFFF${toHex(random(5))}00`), counter: 0 }
        await hsm.dukpt.deriveInitialKey({ label, base, ksn: ksnBytes(initial) })
        const ksn = { ...initial, counter: randomInt(1, 1024) }
        const [iv, data] = [random(8), random(40)]
        const key = tdesWorkingKey(hostTransactionKey(value, ksn), 'dataRequest')
        for (const name of [base, label])
          assert.deepEqual(
            await hsm.dukpt.decrypt({ key: name, ksn: ksnBytes(ksn), iv, data: encryptCbc(key, data, iv) }),
            data,
          )
      }
    })
  })

  describe('TranslatePin', () => {
    for (const v of PIN_BLOCKS.filter(({ kind }) => kind === 'translation'))
      it(`${v.id}: under the key of the vector`, async () => {
        const algorithm = v.in.format === 'format-4' ? 'aes-128' : 'tdes-2'
        const key = await take(`in ${v.in.pinKey}`, 'PIN working', fromHex(v.in.pinKey), algorithm)
        const from = { key, ...side(v.in) }
        const to = { key: await take(`out ${v.out.key}`, 'PIN working', fromHex(v.out.key)), ...side(v.out) }
        const result = await hsm.pins.translatePin({ from, to, block: fromHex(v.in.encryptedPinBlock) })
        if (v.refuse) assert.deepEqual(result, { ok: false, reason: 'pan_changed' })
        else assert.deepEqual(result, { ok: true, block: fromHex(v.out.encryptedPinBlock) })
      })

    it('between all formats that may become each other, with random PINs', async () => {
      const keys = { 0: 'pwk t', 1: 'pwk t', 3: 'pwk t', 4: 'pwk a' } as const
      for (const from of [0, 1, 3, 4] as const)
        for (const to of [0, 1, 3, 4] as const) {
          const pin = randomPin()
          const clear = (format: 0 | 1 | 3 | 4) => ({ format, key: format === 4 ? pwk.a : pwk.t, pan: PAN })
          const block = encipherPin(clear(from), pin, random)
          const side = (format: 0 | 1 | 3 | 4) => ({ key: keys[format], format, pan: PAN })
          const result = await hsm.pins.translatePin({ from: side(from), to: side(to), block })
          if (to === 1 && from !== 1) {
            assert.deepEqual(result, { ok: false, reason: 'format_not_allowed' })
            continue
          }
          assert.ok(result.ok, `${from} to ${to}`)
          assert.deepEqual(decipherPin(clear(to), result.block), { ok: true, pin })
        }
    })

    it('from AES DUKPT, formats 4 and 0', async () => {
      const value = random(16)
      await hsm.importKey({ label: 'aes base', usage: 'DUKPT base', algorithm: 'aes-128', value })
      const ksn = { scheme: AES_DUKPT, id: random(8), counter: 0x0003_8000 }
      for (const [format, type] of [
        [4, 'AES128'],
        [0, 'TDES2'],
      ] as const) {
        const key = aesWorkingKey(hostTransactionKey(value, ksn), ksn, 'pinEncryption', type)
        const block = encipherPin({ format, key, pan: PAN }, '98765', random)
        const from = { key: 'aes base', ksn: ksnBytes(ksn), format, pan: PAN }
        const result = await hsm.pins.translatePin({ from, to: { key: 'pwk a', format: 4, pan: PAN }, block })
        assert.ok(result.ok)
        const got = decipherPin({ format: 4, key: pwk.a, pan: PAN }, result.block)
        assert.deepEqual(got, { ok: true, pin: '98765' })
      }
    })
  })

  describe('VerifyPin and ChangePin', () => {
    const kinds = ['ibm-3624', 'visa-pvv']
    for (const v of CARD_VALUES.filter(({ kind }) => kinds.includes(kind)))
      it(`${v.id}: the PIN of the vector and no other`, async () => {
        const account = await accountOf(v)
        const value = v.offset ?? v.pvv
        const sent = (pin: string) => ({
          side: { key: 'pwk t', format: 0, pan: v.pan } as const,
          block: encipherPin({ format: 0, key: pwk.t, pan: v.pan }, pin, random),
        })
        const other = v.pin === '1357' ? '2468' : '1357'
        assert.deepEqual(await hsm.pins.verifyPin({ account, value, ...sent(v.pin) }), { ok: true })
        const wrong = { ok: false, reason: 'pin_wrong' }
        assert.deepEqual(await hsm.pins.verifyPin({ account, value, ...sent(other) }), wrong)
        const change = { account, value, next: sent('8642') }
        assert.deepEqual(await hsm.pins.changePin({ ...change, current: sent(other) }), wrong)
        const changed = await hsm.pins.changePin({ ...change, current: sent(v.pin) })
        assert.ok(changed.ok)
        assert.deepEqual(await hsm.pins.verifyPin({ account, value: changed.value, ...sent('8642') }), {
          ok: true,
        })
      })

    it('a block of another format is refused for that', async () => {
      const account = await visa()
      const block = encipherPin({ format: 3, key: pwk.t, pan: PAN }, '1234', random)
      assert.deepEqual(
        await hsm.pins.verifyPin({
          account,
          value: '0000',
          side: { key: 'pwk t', format: 0, pan: PAN },
          block,
        }),
        { ok: false, reason: 'control_field_wrong' },
      )
    })
  })

  describe('GeneratePin', () => {
    it('natural PIN of the account: the offset is zeros', async () => {
      const account = await ibm()
      const to = { key: 'pwk a', format: 4, pan: PAN } as const
      const { block, value } = await hsm.pins.generatePin({ account, source: 'natural', length: 5, to })
      assert.equal(value, '00000')
      const reading = decipherPin({ ...to, key: pwk.a }, block)
      assert.ok(reading.ok)
      assert.equal(ibm3624Offset({ ...account, key: fromHex(PVK) }, reading.pin), '00000')
    })

    it('random PINs of every length, whose value is the pure function’s', async () => {
      const account = await visa()
      const to = { key: 'pwk t', format: 3, pan: PAN } as const
      const pins = new Set<string>()
      for (let length = 4; length <= 12; length++) {
        const { block, value } = await hsm.pins.generatePin({ account, source: 'random', length, to })
        const reading = decipherPin({ ...to, key: pwk.t }, block)
        assert.ok(reading.ok)
        assert.equal(reading.pin.length, length)
        assert.equal(value, visaPvv({ key: fromHex(PVK), pan: PAN, keyIndex: '1' }, reading.pin))
        pins.add(reading.pin)
      }
      assert.equal(pins.size, 9)
    })
  })

  describe('refused', () => {
    const to = { key: 'pwk t', format: 0, pan: PAN } as const
    const block = new Uint8Array(8)
    it('a key of another usage, and a DUKPT key without KSN', async () => {
      await hsm.generateKey({ label: 'mac', usage: 'MAC', algorithm: 'tdes-2' })
      const bdk = { label: 'bdk', algorithm: 'tdes-2' } as const
      await hsm.dukpt.generateBdk(bdk)
      for (const key of ['mac', 'bdk'])
        await assert.rejects(
          hsm.pins.translatePin({ from: { ...to, key }, to, block }),
          fault('KEY_WRONG_USAGE', /to decipher PINs/),
        )
      await assert.rejects(
        hsm.pins.translatePin({ from: { ...to, ksn: new Uint8Array(10) }, to, block }),
        fault('KEY_WRONG_USAGE', /to derive transaction keys/),
      )
    })
    it('a PIN key asked to make a MAC, or to encrypt', async () => {
      await assert.rejects(
        hsm.generateMac({ key: 'pwk t', method: 'retail, padding 1', data: block }),
        fault('KEY_WRONG_USAGE', /to generate MACs, got one of usage "PIN working"/),
      )
      await assert.rejects(
        hsm.encryptData({ key: 'pwk t', mode: 'ecb', iv: null, data: block }),
        fault('KEY_WRONG_USAGE', /to encrypt/),
      )
    })
    it('a PVV key for offsets', async () => {
      const { key } = await visa()
      const account = {
        method: 'ibm-3624',
        key,
        validationData: '0'.repeat(16),
        decimalizationTable: TABLE,
      } as const
      await assert.rejects(
        hsm.pins.verifyPin({
          account,
          value: '0000',
          side: to,
          block: encipherPin({ ...to, key: pwk.t }, '1234', random),
        }),
        fault('KEY_WRONG_USAGE', /usage "PIN verification, IBM 3624", got "PIN verification, Visa PVV"/),
      )
    })
    for (const table of ['0000000000000001', '0123456701230000', '0'.repeat(16)])
      it(`decimalization table ${table}, by which offsets would tell the PIN`, async () => {
        const account = { ...(await ibm()), decimalizationTable: table }
        await assert.rejects(
          hsm.pins.generatePin({ account, source: 'natural', length: 4, to }),
          fault('INVALID_INPUT_DATA', /decimalization table/),
        )
      })
    it('an AES key for a TDES format, a PAN that is absent, a KSN of zeros', async () => {
      await assert.rejects(
        hsm.pins.translatePin({ from: { ...to, key: 'pwk a' }, to, block }),
        fault('KEY_WRONG_TYPE', /key "pwk a" of tdes-2 or tdes-3, got aes-256/),
      )
      await assert.rejects(
        hsm.pins.translatePin({ from: { key: 'pwk t', format: 0 }, to: { key: 'pwk t', format: 0 }, block }),
        fault('INVALID_INPUT_DATA', /a PAN for format 0, got none/),
      )
      await assert.rejects(
        hsm.pins.translatePin({ from: { ...to, key: 'bdk', ksn: new Uint8Array(10) }, to, block }),
        fault('INVALID_INPUT_DATA', /KSN of TDES DUKPT, got ksn_counter_zero/),
      )
    })
    it('all of it where keys may not be in a signer, naming what the token lacks', async () => {
      const strict = await bench.open({ clearAllowed: false })
      try {
        await assert.rejects(
          strict.pins.translatePin({ from: to, to, block }),
          fault(
            'MECHANISM_MISSING',
            /TranslatePin in the token, got a token without a mechanism for PIN blocks/,
          ),
        )
      } finally {
        await strict.close()
      }
    })
  })

  it('the journal says where it was done, and no PIN, PAN or block', async () => {
    const entries = bench.journal.entries.filter(
      (entry) => entry.kind === 'hsm' && /Pin$/.test(entry.operation),
    )
    assert.ok(entries.length > 40)
    for (const entry of entries)
      assert.ok(
        entry.kind === 'hsm' &&
          (entry.where === 'clear in signer' || /^[A-Z_]+$/.test(entry.result)) &&
          /^(done|[A-Z_]+|[a-z_]+)$/.test(entry.result),
        JSON.stringify(entry),
      )
    assert.doesNotMatch(JSON.stringify(entries), new RegExp(PAN))
  })

  const PVK = '0123456789ABCDEFFEDCBA9876543210'
  async function visa() {
    const key = await take('visa pvk', 'PIN verification, Visa PVV', fromHex(PVK))
    return { method: 'visa-pvv', key, pan: PAN, keyIndex: '1' } as const
  }
  async function ibm() {
    const key = await take('ibm pvk', 'PIN verification, IBM 3624', fromHex(PVK))
    const data = validationData(PAN, 0, 12, 'F')
    return { method: 'ibm-3624', key, validationData: data, decimalizationTable: TABLE } as const
  }
  async function accountOf(v: Vector): Promise<PinAccount> {
    if (v.kind === 'visa-pvv') {
      const key = await take(`pvv ${v.pvk}`, 'PIN verification, Visa PVV', fromHex(v.pvk))
      return { method: 'visa-pvv', key, pan: v.pan, keyIndex: v.pvki }
    }
    return {
      method: 'ibm-3624',
      key: await take(`ibm ${v.pvk}`, 'PIN verification, IBM 3624', fromHex(v.pvk)),
      validationData: validationData(
        v.pan,
        Number(v.validationOffset),
        Number(v.validationLength),
        v.padCharacter,
      ),
      decimalizationTable: v.decimalisationTable,
    }
  }
})

function side(v: { format: string; pan: string }): { format: 0 | 1 | 3; pan: string } {
  return { format: Number(v.format.slice(-1)) as 0, pan: v.pan }
}
