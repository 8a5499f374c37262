import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutSecrets } from './secret-fields.ts'

test('secret fields lose their value at any depth, everything else stays', () => {
  const body = {
    input: {
      http: { incoming: { authTokens: ['a', 'b'] }, outgoing: { authToken: 'c', endpoint: 'http://x' } },
    },
    methods: [{ type: 'ilp', sharedSecret: 's' }, { type: 'other' }],
    amount: null,
  }
  assert.deepEqual(withoutSecrets(body), {
    input: { http: { incoming: { authTokens: '…' }, outgoing: { authToken: '…', endpoint: 'http://x' } } },
    methods: [{ type: 'ilp', sharedSecret: '…' }, { type: 'other' }],
    amount: null,
  })
  assert.equal(body.methods[0]?.sharedSecret, 's')
})

test('a body without secret fields is not copied', () => {
  const body = { amount: { value: '5' }, list: [1, { a: null }] }
  assert.equal(withoutSecrets(body), body)
  for (const plain of ['text', 5, null, undefined]) assert.equal(withoutSecrets(plain), plain)
})
