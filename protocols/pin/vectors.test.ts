import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../fixtures/vectors/pin-blocks.json' with { type: 'json' }
import { fromHex, toHex } from '../bytes/bytes.ts'
import { decryptAesCbc } from '../emv/keys/aes.ts'
import { tdesKcv } from '../mac/kcv.ts'
import { xor } from '../mac/xor.ts'
import { decipherPin, encipherPin, type PinEncipherment } from './encipher.ts'
import type { PinFormat } from './formats.ts'
import { panField } from './pan-field.ts'
import { type ClearFormat, pinBlock, readPinBlock } from './pin-block.ts'
import { pinField, readPinField } from './pin-field.ts'
import type { PinReading, PinRefusal } from './refusal.ts'
import { translatePin } from './translate.ts'

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has fields of its own.
type Vector = Readonly<Record<string, any>> & { id: string; kind: string }

/** The reasons of the vectors in our words. */
const REASONS: Record<string, PinRefusal> = {
  length: 'length_wrong',
  'control field': 'control_field_wrong',
  'PIN length': 'pin_length_wrong',
  filler: 'filler_wrong',
  'PIN not numeric': 'pin_not_numeric',
}

const RUNNERS: Record<string, (vector: Vector) => void> = {
  'format-0': clearBlock,
  'format-1': clearBlock,
  'format-2': clearBlock,
  'format-3': clearBlock,
  'format-4': (v) => {
    const key = fromHex(v.key)
    const random = () => fromHex(v.random)
    assert.equal(toHex(pinField(4, v.pin, random)), v.pinField)
    assert.equal(toHex(panField(4, v.pan)), v.panField)
    const block = encipherPin({ format: 4, key, pan: v.pan }, v.pin, random)
    assert.equal(toHex(block), v.encryptedPinBlock)
    assert.deepEqual(decipherPin({ format: 4, key, pan: v.pan }, block), { ok: true, pin: v.pin })
  },
  'format-4-pan-field': (v) => assert.equal(toHex(panField(4, v.pan)), v.panField),
  invalid: (v) => {
    const block = fromHex(v.pinBlock)
    const isField = v.format === 'format-4-pin-field'
    refused(isField ? readPinField(4, block) : readPinBlock(clearFormat(v.format), block, v.pan), v.reason)
  },
  'invalid-format-4-encrypted': (v) => {
    const [key, block] = [fromHex(v.key), fromHex(v.encryptedPinBlock)]
    const field = decryptAesCbc(key, xor(decryptAesCbc(key, block), panField(4, v.pan)))
    assert.equal(toHex(field), v.pinFieldDecrypted)
    refused(decipherPin({ format: 4, key, pan: v.pan }, block), v.reason)
  },
  'pin-encryption-tdes': (v) => {
    const format = clearFormat(v.format)
    const side = { format, key: fromHex(v.key), pan: v.pan }
    assert.equal(toHex(tdesKcv(side.key)), v.kcv)
    // The PAN of the source is taken where it is one; its field is what the PIN is bound to.
    if (v.panUsedByField) assert.equal(toHex(panField(format, v.pan)).slice(-12), v.panUsedByField)
    const random = () => fromHex(v.clearPinBlock).slice(3)
    assert.equal(toHex(pinBlock(format, v.pin, { pan: v.pan, random })), v.clearPinBlock)
    assert.equal(toHex(encipherPin(side, v.pin, random)), v.encryptedPinBlock)
    assert.deepEqual(decipherPin(side, fromHex(v.encryptedPinBlock)), { ok: true, pin: v.pin })
  },
  translation: (v) => {
    const from = side(v.in.pinKey, v.in)
    const block = fromHex(v.in.encryptedPinBlock)
    const translated = translatePin(from, block, side(v.out.key, v.out), noRandom)
    assert.deepEqual(decipherPin(from, block), { ok: true, pin: v.pin })
    if (v.refuse) assert.deepEqual(translated, { ok: false, reason: 'pan_changed' })
    else assert.deepEqual(translated, { ok: true, block: fromHex(v.out.encryptedPinBlock) })
  },
}

describe('pin-blocks.json', () => {
  let run = 0
  for (const vector of file.vectors as readonly Vector[]) {
    test(vector.id, () => {
      const runner = RUNNERS[vector.kind] ?? assert.fail(`no runner for ${vector.kind}`)
      runner(vector)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

function clearBlock(v: Vector): void {
  const format = clearFormat(v.kind)
  const random = () => (format === 3 ? lettersRandom(v.filler) : fromHex(v.filler.padEnd(10, '0')))
  const block = pinBlock(format, v.pin, { pan: v.pan, random })
  assert.equal(toHex(block), v.pinBlock)
  assert.deepEqual(readPinBlock(format, block, v.pan), { ok: true, pin: v.pin })
}

/** The random bytes that give these letters: a number in base 6, its last digit first. */
function lettersRandom(letters: string): Uint8Array {
  const digits = Array.from(letters, (letter) => BigInt('ABCDEF'.indexOf(letter)))
  const number = digits.reduceRight((sum, digit) => sum * 6n + digit, 0n)
  return fromHex(number.toString(16).padStart(16, '0'))
}

function refused(reading: PinReading, reason: string): void {
  assert.deepEqual(reading, { ok: false, reason: REASONS[reason] ?? assert.fail(reason) })
}

function side(key: string, v: { format: string; pan: string }): PinEncipherment {
  return { format: Number(v.format.slice(-1)) as PinFormat, key: fromHex(key), pan: v.pan }
}

function clearFormat(name: string): ClearFormat {
  return Number(name.slice(-1)) as ClearFormat
}

function noRandom(): never {
  assert.fail('format 0 needs no random bytes')
}
