import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../fixtures/vectors/card-values.json' with { type: 'json' }
import { fromHex } from '../bytes/bytes.ts'
import { ibm3624Offset, ibm3624Pin, naturalPin, validationData } from '../pin/ibm3624.ts'
import { visaPvv } from '../pin/pvv.ts'
import { changePin, isPin, type PinReference } from '../pin/reference.ts'
import { cardValue, cavv } from './card-values.ts'
import { cardVerificationValue } from './cvv.ts'

interface Vector extends Readonly<Record<string, string>> {
  id: string
  kind: string
}

/** What came of a vector, and what should have. */
type Pair = [actual: unknown, expected: unknown]

const RUNNERS: Record<string, (v: Vector) => Pair[]> = {
  cvv: (v) => [[cardValue('cvv', key(v), card(v, v.expiryAsUsed)), v.value]],
  'icvv-computed': (v) => [[cardValue('icvv', key(v), card(v, v.expiryAsUsed)), v.value]],
  'cvv2-computed': (v) => {
    const [month, year] = [text(v, 'expiryAsUsed').slice(0, 2), text(v, 'expiryAsUsed').slice(2)]
    const pan = text(v, 'pan')
    const unusual = cardVerificationValue(key(v), { pan, expiry: year + month, serviceCode: '000' })
    return [
      [cardValue('cvv2', key(v), { pan, expiry: year + month, serviceCode: '101' }), v.value],
      [unusual, v.valueWithYYMM],
    ]
  },
  cavv: (v) => {
    const [result, ...factor] = text(v, 'serviceCode')
    const data = { pan: text(v, 'pan'), unpredictableNumber: text(v, 'expiryAsUsed') }
    return [
      [cavv(key(v), { ...data, authenticationResult: `${result}`, secondFactor: factor.join('') }), v.value],
    ]
  },
  'visa-pvv': (v) => {
    const parameters = { key: fromHex(text(v, 'pvk')), pan: text(v, 'pan'), keyIndex: text(v, 'pvki') }
    checkReference({ method: 'visa-pvv', ...parameters }, text(v, 'pvv'), text(v, 'pin'))
    const account = text(v, 'pan').slice(-12, -1)
    return [
      [account + parameters.keyIndex + text(v, 'pin'), v.transformedSecurityParameter],
      [visaPvv(parameters, text(v, 'pin')), v.pvv],
    ]
  },
  'ibm-3624': (v) => {
    const [offset, length] = [Number(v.validationOffset), Number(v.validationLength)]
    const data = validationData(text(v, 'pan'), offset, length, text(v, 'padCharacter'))
    const account = {
      key: fromHex(text(v, 'pvk')),
      validationData: data,
      decimalizationTable: text(v, 'decimalisationTable'),
    }
    checkReference({ method: 'ibm-3624', ...account }, text(v, 'offset'), text(v, 'pin'))
    return [
      [data, v.validationData],
      [naturalPin(account), v.naturalPin],
      [ibm3624Offset(account, text(v, 'pin')), v.offset],
      [ibm3624Pin(account, text(v, 'offset')), v.pin],
    ]
  },
}

describe('card-values.json', () => {
  let run = 0
  for (const vector of file.vectors as unknown as readonly Vector[]) {
    test(vector.id, () => {
      const pairs = RUNNERS[vector.kind]?.(vector) ?? assert.fail(`no runner for ${vector.kind}`)
      for (const [actual, expected] of pairs) assert.equal(actual, expected)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

describe('what is refused', () => {
  const cvk = fromHex('0123456789ABCDEFFEDCBA9876543210')
  const data = { pan: '4123456789012345', expiry: '8701', serviceCode: '101' }

  test('a date or service code of another length', () => {
    assert.throws(() => cardValue('cvv', cvk, { ...data, expiry: '870' }), /expiry of 4 .* got 3 characters/)
    assert.throws(() => cardValue('icvv', cvk, { ...data, serviceCode: '' }), /code of 3 .* got 0 characters/)
    assert.throws(
      () => cardValue('cvv2', cvk, { ...data, expiry: '87-1' }),
      /expiry of 4 .* got 4 characters/,
    )
  })

  test('CAVV fields of another length', () => {
    const fields = {
      pan: data.pan,
      unpredictableNumber: '1234',
      authenticationResult: '0',
      secondFactor: '00',
    }
    assert.match(cavv(cvk, fields), /^[0-9]{3}$/)
    assert.throws(() => cavv(cvk, { ...fields, unpredictableNumber: '123' }), /number of 4 .* got 3/)
    assert.throws(() => cavv(cvk, { ...fields, authenticationResult: '10' }), /result of 1 .* got 2/)
    assert.throws(() => cavv(cvk, { ...fields, secondFactor: 'A0' }), /factor of 2 .* got 2/)
  })
})

test('the values of one card differ from each other', () => {
  const cvk = fromHex('0123456789ABCDEFFEDCBA9876543210')
  const data = { pan: '4123456789012345', expiry: '8701', serviceCode: '101' }
  const values = (['cvv', 'icvv', 'cvv2'] as const).map((kind) => cardValue(kind, cvk, data))
  assert.deepEqual(values, ['561', '651', '122'])
})

/** What an issuer does with the value that it keeps. */
function checkReference(reference: PinReference, value: string, pin: string): void {
  assert.equal(isPin(reference, value, pin), true)
  const wrong = pin === '1357' ? '2468' : '1357'
  assert.equal(isPin(reference, value, wrong), false)
  assert.deepEqual(changePin(reference, value, wrong, '8642'), { ok: false, reason: 'pin_wrong' })
  const changed = changePin(reference, value, pin, '8642')
  assert.ok(changed.ok)
  assert.equal(isPin(reference, changed.value, '8642'), true)
  assert.equal(isPin(reference, changed.value, pin), false)
}

function key(v: Vector): Uint8Array {
  return fromHex(text(v, 'cvk'))
}

function card(v: Vector, expiry = ''): { pan: string; expiry: string; serviceCode: string } {
  return { pan: text(v, 'pan'), expiry, serviceCode: text(v, 'serviceCode') }
}

function text(v: Vector, field: string): string {
  return v[field] ?? assert.fail(`vector ${v.id} has no ${field}`)
}
