import assert from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { test } from 'node:test'
import { type Capabilities, FEATURES } from '../capabilities/features.ts'
import { formOf, inForm, outOfForm } from './key-forms.ts'

const all = Object.fromEntries(Object.entries(FEATURES).map(([feature, [first]]) => [feature, first]))
const whole = all as Capabilities
const lacking = { ...whole, 'tdes-2': null }
const VALUE = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')

test('two-key TDES alone has another form, and only where the token has none', () => {
  for (const algorithm of ['aes-128', 'aes-256', 'tdes-3', 'hmac-sha256', 'rsa-2048'] as const)
    assert.equal(formOf(lacking, algorithm), algorithm)
  assert.deepEqual([formOf(whole, 'tdes-2'), formOf(lacking, 'tdes-2')], ['tdes-2', 'tdes-3'])
})

test('the form computes the same', () => {
  const ecb = (cipher: string, key: Buffer) =>
    createCipheriv(cipher, key, null).setAutoPadding(false).update(VALUE)
  assert.deepEqual(ecb('des-ede3', inForm('tdes-3', VALUE)), ecb('des-ede', VALUE))
})

test('a value comes out as it went in, a copy, and nothing of it stays behind', () => {
  for (const form of ['tdes-2', 'tdes-3'] as const) {
    const held = inForm(form, VALUE)
    assert.deepEqual(outOfForm('tdes-2', held), VALUE)
    assert.ok(held.subarray(VALUE.length).every((byte) => byte === 0))
    held.fill(0)
    assert.notDeepEqual(VALUE, held.subarray(0, 16))
  }
})
