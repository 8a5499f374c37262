import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { AES_DUKPT } from './aes.ts'
import { lowestOne, ones } from './counter.ts'
import { DukptDevice } from './device.ts'
import { DukptError } from './error.ts'
import { transactionKey, updateKey } from './host.ts'
import type { SavedDevice } from './saved-device.ts'
import type { DukptScheme } from './scheme.ts'
import { TDES_DUKPT } from './tdes.ts'

const TDES_IK = fromHex('6AC292FAA1315B4D858AB3A3D7D5933A')
const TDES_ID = fromHex('FFFF9876543210E0')
const AES_ID = fromHex('1234567890123456')

/** Few transactions, so that a whole life can be looked at. Its key is the way from the initial key, one byte a step. */
const SMALL: DukptScheme = {
  ...TDES_DUKPT,
  counterBits: 6,
  maxOnes: 3,
  keyBytes: [1, 2, 3, 4],
  nextKey: (key, _id, counter) => Uint8Array.of(...key, counter),
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const anyDevice = fc.constantFrom(TDES_DUKPT, AES_DUKPT).chain((scheme) =>
  fc.record({
    scheme: fc.constant(scheme),
    ik: fc.constantFrom(...scheme.keyBytes).chain(bytes),
    id: bytes(8).map((id) => masked(scheme, id)),
    counter: fc
      .uniqueArray(fc.nat(scheme.counterBits - 1), { minLength: 1, maxLength: scheme.maxOnes })
      .map((bits) => bits.reduce((sum, bit) => sum + 2 ** bit, 0)),
  }),
)

describe('a device', () => {
  test("gives the host's keys from the first transaction on", () => {
    fc.assert(
      fc.property(anyDevice, fc.integer({ min: 1, max: 40 }), ({ scheme, ik, id }, count) => {
        const device = DukptDevice.load(ik, { scheme, id })
        for (let counter = 1; counter <= count; counter++) {
          const { ksn, key } = device.next() ?? assert.fail('exhausted')
          assert.equal(ksn.counter, counter)
          assert.deepEqual(key, transactionKey(ik, ksn))
        }
      }),
      { numRuns: 30 },
    )
  })

  test("gives the host's keys from any transaction on, until it is exhausted", () => {
    fc.assert(
      fc.property(anyDevice, ({ scheme, ik, id, counter }) => {
        const device = DukptDevice.restore(scheme, stateAt(scheme, ik, id, counter))
        for (let step = 0; step < 20; step++) {
          const expected = device.ksn
          const taken = device.next()
          if (taken === null) return assert.equal(expected, null)
          assert.deepEqual(taken.ksn, expected)
          assert.deepEqual(taken.key, transactionKey(ik, taken.ksn))
          const now = device.ksn?.counter ?? null
          assert.deepEqual(device.save(), stateAt(scheme, ik, id, now))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is exhausted for good after its last key', () => {
    for (const [scheme, last] of [
      [TDES_DUKPT, 0x1ff800],
      [AES_DUKPT, 0xffff0000],
    ] as const) {
      const device = DukptDevice.restore(scheme, stateAt(scheme, TDES_IK, TDES_ID, last))
      assert.equal(device.next()?.ksn.counter, last)
      assert.equal(device.ksn, null)
      assert.equal(device.next(), null)
      assert.equal(device.next(), null)
      assert.ok(device.save().registers.every((key) => key === null))
      assert.equal(DukptDevice.restore(scheme, device.save()).next(), null)
    }
  })

  test('holds at any time of its life the way to every later key, and to no earlier one', () => {
    const device = DukptDevice.load(Uint8Array.of(0), { scheme: SMALL, id: TDES_ID })
    const counters = Array.from({ length: 64 }, (_, counter) => counter)
    const all = counters.filter((counter) => counter > 0 && ones(counter) <= SMALL.maxOnes)
    for (const counter of all) {
      const later = all.filter((other) => other >= counter)
      assert.deepEqual(derivable(device.save()), later)
      assert.equal(device.next()?.ksn.counter, counter)
    }
    assert.deepEqual(derivable(device.save()), [])
  })

  test('has handed out a copy, and nothing shows its keys', () => {
    const device = DukptDevice.load(TDES_IK, { scheme: TDES_DUKPT, id: TDES_ID })
    const keys = Array.from({ length: 50 }, () => toHex(device.next()?.key ?? assert.fail('exhausted')))
    const saved = JSON.stringify(device.save())
    assert.equal(new Set(keys).size, keys.length)
    for (const key of [toHex(TDES_IK), ...keys]) assert.ok(!saved.includes(key))
    const shown = inspect(device, { depth: 9, showHidden: true }) + JSON.stringify(device)
    for (const key of device.save().registers) assert.ok(key === null || !shown.includes(key))
  })

  test('erases itself', () => {
    const device = DukptDevice.load(TDES_IK, { scheme: TDES_DUKPT, id: TDES_ID })
    device.erase()
    assert.equal(device.next(), null)
    assert.ok(device.save().registers.every((key) => key === null))
  })

  test('derives its update key at any time, and a TDES device has none', () => {
    const aes = anyDevice.filter(({ scheme }) => scheme === AES_DUKPT)
    fc.assert(
      fc.property(aes, ({ scheme, ik, counter }) => {
        const device = DukptDevice.restore(scheme, stateAt(scheme, ik, AES_ID, counter))
        assert.deepEqual(device.updateKey('AES128'), updateKey(ik, AES_ID, 'AES128'))
      }),
      { numRuns: 40 },
    )
    const last = DukptDevice.restore(AES_DUKPT, stateAt(AES_DUKPT, TDES_IK, AES_ID, 0xffff0000))
    assert.deepEqual(last.updateKey('AES128'), updateKey(TDES_IK, AES_ID, 'AES128'))
    last.next()
    assert.equal(last.updateKey('AES128'), null)
    const tdes = DukptDevice.load(TDES_IK, { scheme: TDES_DUKPT, id: TDES_ID })
    assert.throws(() => tdes.updateKey('AES128'), /an AES DUKPT device, got TDES; inject a new initial key/)
  })
})

describe('a saved device', () => {
  test('goes on where it was', () => {
    fc.assert(
      fc.property(anyDevice, fc.integer({ min: 0, max: 20 }), ({ scheme, ik, id }, count) => {
        const device = DukptDevice.load(ik, { scheme, id })
        for (let step = 0; step < count; step++) device.next()
        const again = DukptDevice.restore(scheme, JSON.parse(JSON.stringify(device.save())))
        assert.deepEqual(again.next(), device.next())
      }),
      { numRuns: 30 },
    )
  })

  const good = DukptDevice.load(TDES_IK, { scheme: TDES_DUKPT, id: TDES_ID }).save()
  const key = good.registers[0] ?? ''
  const damaged: [string, Partial<SavedDevice>, RegExp][] = [
    ['another scheme', { scheme: 'AES' }, /the scheme TDES, got AES; inject a new initial key/],
    ['an id of 7 bytes', { id: good.id.slice(2) }, /16 hexadecimal digits, got another id/],
    ['an id of other letters', { id: good.id.replace('F', 'x') }, /16 hexadecimal digits, got another id/],
    ['a counter of zero', { counter: 0 }, /the counter of a transaction, got 0/],
    ['a counter of too many ones', { counter: 0x7ff }, /the counter of a transaction, got 2047/],
    ['a counter of too many bits', { counter: 2 ** 21 }, /the counter of a transaction, got 2097152/],
    ['a counter that is not whole', { counter: 1.5 }, /the counter of a transaction, got 1.5/],
    ['a counter that went back', { counter: 2 }, /register 0 empty, got the opposite/],
    ['too few registers', { registers: good.registers.slice(1) }, /21 registers, got 20/],
    ['a register without a key', { registers: good.registers.with(5, null) }, /register 5 filled/],
    ['keys though exhausted', { counter: null }, /register 0 empty/],
    ['half a key', { registers: good.registers.with(5, key.slice(16)) }, /key of 16 bytes, got 8/],
    ['no digits', { registers: good.registers.with(5, `${key}x`) }, /digits in register 5, got something/],
  ]
  for (const [name, change, message] of damaged) {
    test(`with ${name} is refused, and no key is shown`, () => {
      const restore = () => DukptDevice.restore(TDES_DUKPT, { ...good, ...change })
      assert.throws(restore, (error: Error) => {
        assert.ok(error instanceof DukptError)
        assert.match(error.message, message)
        return !good.registers.some((register) => register && error.message.includes(register.slice(0, 8)))
      })
    })
  }

  test('with keys of two lengths is refused', () => {
    const saved = DukptDevice.load(TDES_IK, { scheme: AES_DUKPT, id: AES_ID }).save()
    const registers = saved.registers.with(3, '00'.repeat(32))
    assert.throws(
      () => DukptDevice.restore(AES_DUKPT, { ...saved, registers }),
      /one length, got 16 and 32 b/,
    )
  })
})

test('an initial key of another length is refused', () => {
  const load = (scheme: DukptScheme, length: number) =>
    DukptDevice.load(new Uint8Array(length), { scheme, id: AES_ID })
  assert.throws(() => load(TDES_DUKPT, 24), /TDES DUKPT key of 16 bytes, got 24/)
  assert.throws(() => load(AES_DUKPT, 20), /AES DUKPT key of 16 or 24 or 32 bytes, got 20/)
})

/** The state before the transaction with this counter, as the host derives it. */
function stateAt(scheme: DukptScheme, ik: Uint8Array, id: Uint8Array, counter: number | null): SavedDevice {
  const registers = Array.from({ length: scheme.counterBits }, (_, bit) => {
    const of = counter === null ? null : registerCounter(counter, 2 ** bit)
    return of === null ? null : toHex(transactionKey(ik, { scheme, id, counter: of }))
  })
  return { scheme: scheme.name, id: toHex(id), counter, registers }
}

/** Whose key is in the register of this bit: the next counter's that has it as its lowest one; null when no later counter needs it. */
function registerCounter(counter: number, one: number): number | null {
  if (one === lowestOne(counter)) return counter
  const bitIsSet = Math.floor(counter / one) % 2 === 1
  return one < lowestOne(counter) || bitIsSet ? null : counter - (counter % one) + one
}

/** All counters to whose keys the registers of a {@link SMALL} device lead. */
function derivable(saved: SavedDevice): number[] {
  const counters = saved.registers.flatMap((key) =>
    key === null ? [] : descendants(fromHex(key).at(-1) ?? 0),
  )
  return counters.filter((counter) => ones(counter) <= SMALL.maxOnes).sort((a, b) => a - b)
}

/** A counter and all that have ones to the right of its own. */
function descendants(counter: number): number[] {
  return Array.from({ length: lowestOne(counter) }, (_, below) => counter + below)
}

/** The id without the bits that are the counter's. */
function masked(scheme: DukptScheme, id: Uint8Array): Uint8Array {
  return scheme === TDES_DUKPT ? id.with(7, (id[7] ?? 0) & 0xe0) : id
}
