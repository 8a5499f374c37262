import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { decipherPin, encipherPin, type PinEncipherment } from './encipher.ts'
import { PinError } from './error.ts'
import { PIN_FORMATS, type PinFormat } from './formats.ts'
import { ibm3624Offset, ibm3624Pin, naturalPin, validationData } from './ibm3624.ts'
import { panField } from './pan-field.ts'
import { type ClearFormat, pinBlock, readPinBlock } from './pin-block.ts'
import { pinField, readPinField } from './pin-field.ts'
import { visaPvv } from './pvv.ts'
import { isPin } from './reference.ts'
import { PIN_REFUSALS } from './refusal.ts'
import { translatePin } from './translate.ts'

const FORMATS: readonly PinFormat[] = [0, 1, 2, 3, 4]
const PAN = '4111111111111111'
const TDES_KEY = fromHex('0123456789ABCDEFFEDCBA9876543210')

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const pin = fc.stringMatching(/^[0-9]{4,12}$/)
const pan = fc.stringMatching(/^[0-9]{1,19}$/)
const format = fc.constantFrom(...FORMATS)
const clearFormat = fc.constantFrom<ClearFormat>(0, 1, 2, 3)
const keyFor = (of: PinFormat) => fc.constantFrom(...(of === 4 ? [16, 24, 32] : [16, 24])).chain(bytes)
/** A format with a key of its cipher. */
const side = format.chain((of) => keyFor(of).map((key) => ({ format: of, key })))
/** Random bytes that differ from one run of a property to the next, and not within it. */
const random = bytes(16).map((seed) => (length: number) => seed.slice(0, length))

describe('a PIN block', () => {
  test('gives its PIN back, clear and enciphered', () => {
    fc.assert(
      fc.property(side, pin, pan, random, (of, digits, card, source) => {
        const at = { ...of, pan: card }
        const block = encipherPin(at, digits, source)
        assert.equal(block.length, PIN_FORMATS[of.format].bytes)
        assert.deepEqual(decipherPin(at, block), { ok: true, pin: digits })
      }),
    )
    fc.assert(
      fc.property(clearFormat, pin, pan, random, (of, digits, card, source) =>
        assert.deepEqual(readPinBlock(of, pinBlock(of, digits, { pan: card, random: source }), card), {
          ok: true,
          pin: digits,
        }),
      ),
    )
  })

  test('of any bytes is a PIN or a reason, and nothing is thrown', () => {
    fc.assert(
      fc.property(side, fc.uint8Array({ maxLength: 20 }), fc.string({ maxLength: 20 }), (of, block, card) => {
        const reading = decipherPin({ ...of, pan: card }, block)
        if (reading.ok) assert.match(reading.pin, /^[0-9]{4,12}$/)
        else assert.ok(reading.reason in PIN_REFUSALS)
      }),
      { numRuns: 500 },
    )
  })

  test('with one bit of its first byte turned is never the same PIN', () => {
    fc.assert(
      fc.property(format, pin, random, fc.nat(7), (of, digits, source, bit) => {
        const field = pinField(of, digits, source)
        field[0] = (field[0] ?? 0) ^ (0x80 >> bit)
        const reading = readPinField(of, field)
        if (bit < 4) assert.deepEqual(reading, { ok: false, reason: 'control_field_wrong' })
        else assert.notDeepEqual(reading, { ok: true, pin: digits })
      }),
    )
  })

  test('of formats 0, 3 and 4 is for one PAN alone', () => {
    for (const bound of [0, 3, 4] as const) {
      const at = { format: bound, key: TDES_KEY, pan: PAN }
      const reading = decipherPin({ ...at, pan: '4111111111111129' }, encipherPin(at, '1234', zeros))
      assert.equal(reading.ok, false, `format ${bound}`)
    }
  })

  test('of format 3 has filler digits A to F, all of them, about equally often', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 600; seed++) {
      const source = () =>
        fromHex(((BigInt(seed) * 0x9e3779b97f4a7c15n) % 2n ** 64n).toString(16).padStart(16, '0'))
      const field = toHex(pinField(3, '1234', source)).slice(6)
      assert.match(field, /^[A-F]{10}$/)
      for (const letter of field) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    assert.equal(counts.size, 6)
    for (const [letter, count] of counts) assert.ok(count > 800 && count < 1200, `${letter}: ${count}`)
  })

  test('asks for a PAN, random bytes and a fitting key where its format needs them', () => {
    assert.throws(
      () => pinBlock(0, '1234'),
      /expected a PAN for format 0, got none; give the PAN of the card/,
    )
    assert.throws(() => pinBlock(1, '1234'), /random bytes for the filler, got none/)
    assert.throws(() => readPinBlock(3, new Uint8Array(8)), /a PAN for format 3, got none/)
    const encipher = (of: PinFormat, length: number) =>
      encipherPin({ format: of, key: new Uint8Array(length), pan: PAN }, '1234', zeros)
    assert.throws(
      () => encipher(0, 8),
      /a TDES key of 16 or 24 bytes for format 0, got 8; give a key of that/,
    )
    assert.throws(() => encipher(3, 32), /a TDES key of 16 or 24 bytes for format 3, got 32/)
    assert.throws(() => encipher(4, 8), /an? AES key of 16 or 24 or 32 bytes for format 4, got 8/)
    assert.throws(
      () => decipherPin({ format: 4, key: new Uint8Array(8), pan: PAN }, new Uint8Array(16)),
      PinError,
    )
  })

  test('says of a bad PIN or PAN no digit of it', () => {
    for (const wrong of ['', '123', '9876543210123', '12x4', '１２３４'])
      assert.throws(
        () => pinBlock(2, wrong),
        quiet(wrong, /PIN of 4 to 12 decimal digits, got another value/),
      )
    for (const wrong of ['', '98765432101234567890', '4111-1111'])
      assert.throws(() => panField(0, wrong), quiet(wrong, /PAN of 1 to 19 decimal digits, got \d+ char/))
    for (const bound of [0, 3] as const)
      assert.deepEqual(readPinBlock(bound, new Uint8Array(8), '4111-1'), {
        ok: false,
        reason: 'pan_malformed',
      })
  })
})

describe('translation', () => {
  /** From each row to each column: yes or no (PCI PIN Security Requirements 3.1, 3-3). */
  const ALLOWED: Record<PinFormat, string> = { 0: 'ynyyy', 1: 'yyyyy', 2: 'nnynn', 3: 'ynyyy', 4: 'ynyyy' }

  for (const from of FORMATS) {
    for (const to of FORMATS) {
      const allowed = ALLOWED[from].charAt(to) === 'y'
      test(`from format ${from} to ${to} is ${allowed ? 'done' : 'refused'}`, () => {
        fc.assert(
          fc.property(keyFor(from), keyFor(to), pin, pan, random, (keyIn, keyOut, digits, card, source) => {
            const [left, right] = [
              { format: from, key: keyIn, pan: card },
              { format: to, key: keyOut, pan: card },
            ]
            const translated = translatePin(left, encipherPin(left, digits, source), right, source)
            if (!allowed) return assert.deepEqual(translated, { ok: false, reason: 'format_not_allowed' })
            assert.ok(translated.ok)
            assert.deepEqual(decipherPin(right, translated.block), { ok: true, pin: digits })
          }),
          { numRuns: 15 },
        )
      })
    }
  }

  test('never changes the PAN, and never throws for what came', () => {
    const from = { format: 0, key: TDES_KEY, pan: PAN } as const
    const block = encipherPin(from, '1234', zeros)
    const to = (of: PinFormat, card?: string): PinEncipherment => ({ format: of, key: TDES_KEY, pan: card })
    const reason = (left: PinEncipherment, right: PinEncipherment, came = block) => {
      const translated = translatePin(left, came, right, zeros)
      return translated.ok ? null : translated.reason
    }
    for (const bound of [0, 3, 4] as const)
      assert.equal(reason(from, to(bound, '4111111111111129')), 'pan_changed')
    assert.equal(reason(from, to(2)), null)
    assert.equal(reason({ ...from, pan: 'x' }, to(0, 'x')), 'pan_malformed')
    assert.equal(reason(from, to(0, PAN), block.slice(1)), 'length_wrong')
    const free = encipherPin({ format: 1, key: TDES_KEY }, '1234', zeros)
    assert.equal(reason({ format: 1, key: TDES_KEY }, to(0, 'x'), free), 'pan_malformed')
    assert.throws(() => reason({ format: 1, key: TDES_KEY }, to(0), free), /a PAN for format 0, got none/)
  })
})

describe('PIN verification', () => {
  const account = {
    key: TDES_KEY,
    validationData: '1122334455667788',
    decimalizationTable: '0123456789012345',
  }

  test('an offset and its PIN give each other, at any length', () => {
    fc.assert(
      fc.property(pin, bytes(16), (digits, key) => {
        const of = { ...account, key }
        const offset = ibm3624Offset(of, digits)
        assert.equal(offset.length, digits.length)
        assert.equal(ibm3624Pin(of, offset), digits)
        assert.equal(ibm3624Offset(of, naturalPin(of, digits.length)), '0'.repeat(digits.length))
      }),
    )
  })

  test('a PIN is known by its value, and no other but one that happens to have the same', () => {
    fc.assert(
      fc.property(pin, pin, (kept, tried) => {
        const natural = { method: 'ibm-3624', ...account } as const
        assert.equal(isPin(natural, ibm3624Offset(account, kept), tried), kept === tried)
        const visa = { method: 'visa-pvv', key: TDES_KEY, pan: PAN, keyIndex: '1' } as const
        assert.equal(isPin(visa, visaPvv(visa, kept), tried), visaPvv(visa, kept) === visaPvv(visa, tried))
      }),
    )
    assert.equal(isPin({ method: 'ibm-3624', ...account }, '', '1234'), false)
  })

  test('parameters that do not fit are refused, each by its name', () => {
    const wrong = (change: Partial<typeof account>) => () => naturalPin({ ...account, ...change })
    assert.throws(
      wrong({ validationData: '11' }),
      /16 hexadecimal digits of validation data, got 2 characters/,
    )
    assert.throws(
      wrong({ decimalizationTable: '0123456789ABCDEF' }),
      /table of 16 decimal digits, got 16 char/,
    )
    assert.throws(wrong({ key: new Uint8Array(8) }), /key of 16 or 24 bytes, got 8; give a triple DES key/)
    assert.throws(() => ibm3624Pin(account, '123'), /an offset of 4 to 12 decimal digits, got 3 characters/)
    assert.throws(() => naturalPin(account, 3), /PIN of 4 to 12/)
    assert.throws(() => validationData(PAN, 10, 12, 'F'), /12 digits of the PAN from 10 on, got 6/)
    assert.throws(() => validationData('4x', 0, 1, 'F'), /PAN of 1 to 19 decimal digits, got 2/)
    const pvv = { key: TDES_KEY, pan: PAN, keyIndex: '1' }
    assert.throws(() => visaPvv({ ...pvv, keyIndex: '12' }, '1234'), /key index of 1 decimal digit, got 2/)
    assert.throws(
      () => visaPvv({ ...pvv, key: new Uint8Array(24) }, '1234'),
      /pair of keys of 16 bytes, got 24/,
    )
    assert.throws(() => visaPvv({ ...pvv, pan: '41111111111' }, '1234'), /a PAN of 12 digits, got 11/)
    assert.throws(() => visaPvv(pvv, '12'), /PIN of 4 to 12/)
  })
})

function zeros(length: number): Uint8Array {
  return new Uint8Array(length)
}

function quiet(secret: string, message: RegExp): (error: Error) => boolean {
  return (error) => {
    assert.ok(error instanceof PinError)
    assert.match(error.message, message)
    return secret === '' || !error.message.includes(secret)
  }
}
