import assert from 'node:assert/strict'
import { test } from 'node:test'
import { excerptOf } from './excerpt.ts'
import { redacted } from './redacted.ts'
import { testVariables } from './testing/variables.ts'
import { isSecret, VARIABLE_NAMES } from './variables.ts'

const variables = testVariables()

test('no secret stays, in the clear or as part of a URL, and everything else does', () => {
  for (const name of VARIABLE_NAMES.filter(isSecret)) {
    const secret = variables[name]
    assert.equal(redacted(`a ${secret} b`, variables), `a <${name}> b`)
    assert.equal(redacted(`?s=${encodeURIComponent(secret)}&t`, variables), `?s=<${name}>&t`)
  }
  const plain = `tenant ${variables.MERCHANT_TENANT_ID} on ${variables.MERCHANT_ADMIN_PORT}`
  assert.equal(redacted(plain, variables), plain)
})

test('no number as long as a PAN stays; times become readable', () => {
  assert.equal(redacted('pan 5413330089600010 end', variables), 'pan <16 digits> end')
  assert.equal(redacted('{"time":1795252592039}', variables), '{"time":"2026-11-21T09:16:32.039Z"}')
})

test('an excerpt has the last lines of each service that wrote any', () => {
  const long = Array.from({ length: 45 }, (_, index) => `line ${index}`).join('\n')
  const excerpt =
    excerptOf({ redis: '', 'card-service': 'one\ntwo\n', 'merchant-backend': `${long}\n` }) ?? ''
  assert.ok(excerpt.startsWith('card-service:\none\ntwo\n\nmerchant-backend (5 lines before):\nline 5\n'))
  assert.ok(excerpt.endsWith('line 44'))
  assert.equal(excerptOf({ redis: ' \n' }), null)
})
