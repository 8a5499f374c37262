import assert from 'node:assert/strict'
import { test } from 'node:test'
import { terminalsFrom } from './terminals-environment.ts'

const SOUND = {
  TERMINALS_PORT: '3103',
  TLS_CERT: 'server.pem',
  TLS_KEY: 'server.key',
  MANUFACTURERS: 'factory.pem',
  TRUST_CERTIFICATES: 'trust.json',
}

test('without a port nobody is onboarded, whatever else is said', () => {
  assert.equal(terminalsFrom({ ...SOUND, TERMINALS_PORT: undefined }), null)
})

test('the fewest variables: a private token, and the address that is listened on', () => {
  const settings = terminalsFrom(SOUND)
  assert.equal(settings?.port, 3103)
  assert.equal(settings?.publicUrl, null)
  assert.equal(settings?.hsm.token.token, null)
  assert.equal(settings?.hsm.signers, 2)
})

const FAULTS: [changes: Record<string, string | undefined>, named: RegExp][] = [
  [{ TERMINALS_PORT: 'x' }, /TERMINALS_PORT/],
  [{ TERMINALS_URL: 'terminals' }, /TERMINALS_URL/],
  [{ TLS_CERT: undefined }, /TLS_CERT/],
  [{ TLS_KEY: '' }, /TLS_KEY/],
  [{ MANUFACTURERS: undefined }, /MANUFACTURERS/],
  [{ TRUST_CERTIFICATES: undefined }, /TRUST_CERTIFICATES/],
  [{ HSM_SIGNERS: '9' }, /HSM_SIGNERS/],
  [{ HSM_PIN: 'a secret' }, /HSM_PIN/],
]

for (const [changes, named] of FAULTS)
  test(`the error names ${Object.keys(changes)}, and no secret`, () => {
    assert.throws(
      () => terminalsFrom({ ...SOUND, ...changes }),
      (error: Error) => named.test(error.message) && !error.message.includes('a secret'),
    )
  })
