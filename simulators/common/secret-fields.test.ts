import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { buildPayload, withPinData } from '../../protocols/interledger/payload.ts'
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

test('no PIN block is written down: not in a text, not in a field, not in card data', () => {
  const fields = {
    cid: 0x80,
    atc: new Uint8Array(2),
    cryptogram: new Uint8Array(8),
    amount: 1n,
    currency: '0978',
  }
  const three = new Uint8Array(3)
  const payload = buildPayload({
    ...{ ...fields, exponent: 2, date: three, time: three, unpredictableNumber: new Uint8Array(4) },
    ...{ receiver: '$a.example', sender: '$b.example' },
  })
  const block = 'ABABABABABABABABABABABABABABABAB'
  const body = {
    pin: { ksn: '01', pinBlock: block },
    data: { payload: toHex(withPinData(payload, fromHex(block))), signature: '00' },
  }
  assert.ok(JSON.stringify(body).includes('ABAB'))
  assert.ok(!JSON.stringify(withoutSecrets(body)).includes('ABAB'))
  assert.equal(withoutSecrets(JSON.stringify({ pin: body.pin })), '{"pin":{"ksn":"01","pinBlock":"…"}}')
})
