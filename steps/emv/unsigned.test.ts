import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textsFor } from './unsigned.ts'

test('what was never signed is found by its trailer, its header or its format', () => {
  assert.deepEqual(textsFor('DDA failed: what is recovered was never signed'), [
    'DDA failed: recovered data trailer is not BC',
    'DDA failed: recovered data header is not 6A',
    'DDA failed: recovered format byte is another',
  ])
})

test('any other text is itself', () => {
  assert.deepEqual(textsFor('recovered data trailer is not BC'), ['recovered data trailer is not BC'])
})
