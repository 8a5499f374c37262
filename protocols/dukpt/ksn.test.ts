import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { AES_DUKPT } from './aes.ts'
import { lowestOne, nextCounter, ones, transactionsLeft } from './counter.ts'
import { ksnBytes, nextKsn, readInitialKsn, readKsn } from './ksn.ts'
import { KSN_LAYOUTS, ksnFields, ksnOfFields } from './ksn-layout.ts'
import type { DukptScheme, Ksn } from './scheme.ts'
import { TDES_DUKPT } from './tdes.ts'

const SCHEMES = [TDES_DUKPT, AES_DUKPT]
const scheme = fc.constantFrom(...SCHEMES)

/** Any KSN of a transaction. */
const anyKsn = scheme.chain((of) =>
  fc
    .tuple(
      fc.bigInt({ min: 0n, max: 2n ** BigInt(of.ksnBytes * 8 - of.counterBits) - 1n }),
      fc.uniqueArray(fc.nat(of.counterBits - 1), { minLength: 1, maxLength: of.maxOnes }),
    )
    .map(([id, bits]) => {
      const counter = bits.reduce((sum, bit) => sum + 2 ** bit, 0)
      const whole = (id << BigInt(of.counterBits)) | BigInt(counter)
      return { of, counter, bytes: fromHex(whole.toString(16).padStart(of.ksnBytes * 2, '0')) }
    }),
)

describe('a KSN', () => {
  test('is written as it was read', () => {
    fc.assert(
      fc.property(anyKsn, ({ of, counter, bytes }) => {
        const ksn = read(of, bytes)
        assert.equal(ksn.counter, counter)
        assert.deepEqual(ksnBytes(ksn), bytes)
        const initial = readInitialKsn(of, bytes)
        assert.deepEqual(initial, { ok: true, ksn: { ...ksn, counter: 0 } })
      }),
    )
  })

  test('that comes in a Buffer stays as it is', () => {
    const bytes = Buffer.from('FFFF9876543210E00001', 'hex')
    assert.equal(readKsn(TDES_DUKPT, bytes).ok, true)
    assert.equal(bytes.toString('hex'), 'ffff9876543210e00001')
  })

  test('of any bytes is read or refused, and nothing is thrown', () => {
    fc.assert(
      fc.property(scheme, fc.uint8Array({ minLength: 9, maxLength: 13 }), (of, bytes) => {
        const reading = readKsn(of, bytes)
        if (reading.ok) assert.deepEqual(ksnBytes(reading.ksn), bytes)
        else assert.match(reading.reason, /^ksn_(length_wrong|counter_zero|counter_ones)$/)
      }),
    )
  })

  const refused: [DukptScheme, string, string][] = [
    [TDES_DUKPT, 'FFFF9876543210E000', 'ksn_length_wrong'],
    [TDES_DUKPT, '123456789012345600000001', 'ksn_length_wrong'],
    [AES_DUKPT, 'FFFF9876543210E00001', 'ksn_length_wrong'],
    [TDES_DUKPT, '', 'ksn_length_wrong'],
    [TDES_DUKPT, 'FFFF9876543210E00000', 'ksn_counter_zero'],
    [AES_DUKPT, '123456789012345600000000', 'ksn_counter_zero'],
    [TDES_DUKPT, 'FFFF9876543210E007FF', 'ksn_counter_ones'],
    [TDES_DUKPT, 'FFFF9876543210FFFFFF', 'ksn_counter_ones'],
    [AES_DUKPT, '12345678901234560001FFFF', 'ksn_counter_ones'],
    [AES_DUKPT, '1234567890123456FFFFFFFF', 'ksn_counter_ones'],
  ]
  for (const [of, hex, reason] of refused) {
    test(`${of.name} ${hex || 'empty'}: ${reason}`, () =>
      assert.deepEqual(readKsn(of, fromHex(hex)), { ok: false, reason }))
  }

  const following: [DukptScheme, string, string | null][] = [
    [TDES_DUKPT, 'FFFF9876543210E00001', 'FFFF9876543210E00002'],
    [TDES_DUKPT, 'FFFF9876543210E003FF', 'FFFF9876543210E00400'],
    [TDES_DUKPT, 'FFFF9876543210EFFC00', 'FFFF9876543210F00000'],
    [TDES_DUKPT, 'FFFF9876543210FFF000', 'FFFF9876543210FFF001'],
    [TDES_DUKPT, 'FFFF9876543210FFF800', null],
    [AES_DUKPT, '12345678901234560000FFFF', '123456789012345600010000'],
    [AES_DUKPT, '12345678901234560001FFFE', '123456789012345600020000'],
    [AES_DUKPT, '1234567890123456FFFE4000', '1234567890123456FFFE8000'],
    [AES_DUKPT, '1234567890123456FFFE8000', '1234567890123456FFFF0000'],
    [AES_DUKPT, '1234567890123456FFFF0000', null],
  ]
  for (const [of, hex, next] of following) {
    test(`${of.name} ${hex} is followed by ${next ?? 'none'}`, () => {
      const ksn = nextKsn(read(of, fromHex(hex)))
      assert.equal(ksn && toHex(ksnBytes(ksn)), next)
    })
  }
})

describe('the counter', () => {
  test('of a TDES device takes every value of at most 10 ones, in order', () => {
    let left = transactionsLeft(TDES_DUKPT, 1)
    let counter: number | null = 1
    for (let value = 1; value < 2 ** TDES_DUKPT.counterBits; value++) {
      if (ones(value) > TDES_DUKPT.maxOnes) continue
      assert.equal(counter, value)
      if (value % 997 === 0) assert.equal(transactionsLeft(TDES_DUKPT, value), left)
      counter = nextCounter(TDES_DUKPT, value)
      left--
    }
    assert.equal(counter, null)
    assert.equal(left, 0)
  })

  test('leaves one transaction less at each step', () => {
    fc.assert(
      fc.property(anyKsn, ({ of, counter }) => {
        const next = nextCounter(of, counter)
        assert.equal(transactionsLeft(of, counter) - 1, next === null ? 0 : transactionsLeft(of, next))
      }),
    )
  })

  test('is known by its bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (counter) => {
        const bits = counter.toString(2)
        assert.equal(ones(counter), bits.replaceAll('0', '').length)
        assert.equal(lowestOne(counter), 2 ** (bits.length - 1 - bits.lastIndexOf('1')))
      }),
    )
    assert.equal(ones(0), 0)
    assert.equal(lowestOne(0), 0)
  })
})

describe('layouts', () => {
  test('take a KSN apart', () => {
    const tdes = read(TDES_DUKPT, fromHex('FFFF9876543210E00001'))
    assert.deepEqual(ksnFields(tdes, KSN_LAYOUTS['ksi-trsm']), { keySet: 0xffff987654n, device: 0x1908_7n })
    assert.deepEqual(ksnFields(tdes, KSN_LAYOUTS.smid), {
      iin: 0xffff98n,
      customer: 0x76n,
      group: 0x54n,
      device: 0x1908_7n,
    })
    const aes = read(AES_DUKPT, fromHex('123456789012345600000001'))
    assert.deepEqual(ksnFields(aes, KSN_LAYOUTS.aes), { bdk: 0x12345678n, derivation: 0x90123456n })
  })

  test('of any split give the KSN back', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 58 }), { maxLength: 6 })
    fc.assert(
      fc.property(anyKsn, cuts, ({ of, bytes }, at) => {
        const width = of.ksnBytes * 8 - of.counterBits
        const edges = [0, ...at.sort((a, b) => a - b), width]
        const layout = edges.slice(1).map((edge, index) => [`f${index}`, edge - (edges[index] ?? 0)] as const)
        const ksn = read(of, bytes)
        assert.deepEqual(ksnOfFields(of, layout, ksnFields(ksn, layout)), { ...ksn, counter: 0 })
      }),
    )
  })

  test('that do not fit are refused', () => {
    const fields = { keySet: 1n, device: 2n }
    const layout = KSN_LAYOUTS['ksi-trsm']
    assert.throws(() => ksnOfFields(AES_DUKPT, layout, fields), /layout of 64 bits, got 59; use one for AES/)
    assert.throws(() => ksnOfFields(TDES_DUKPT, layout, { keySet: 1n }), /field device of 19 bits, got none/)
    const wide = { ...fields, device: 0x80000n }
    assert.throws(() => ksnOfFields(TDES_DUKPT, layout, wide), /field device of 19 bits, got 524288/)
    assert.throws(() => ksnOfFields(TDES_DUKPT, layout, { ...fields, device: -1n }), /got -1; give one/)
  })
})

function read(of: DukptScheme, bytes: Uint8Array): Ksn {
  const reading = readKsn(of, bytes)
  return reading.ok ? reading.ksn : assert.fail(reading.reason)
}
