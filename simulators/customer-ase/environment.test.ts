import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsFrom } from './environment.ts'

const SOUND = {
  CUSTOMER_ASE_PORT: '3200',
  RAFIKI_ADMIN_URL: 'http://127.0.0.1:3001/graphql',
  RAFIKI_TENANT_ID: 'tenant',
  RAFIKI_ADMIN_API_SECRET: 'a secret',
  RAFIKI_SIGNATURE_SECRET: 'another secret',
}

test('the fewest variables make settings: an embedded database, a private token, no cardholders', () => {
  const { ase, hsm, cardholders } = settingsFrom(SOUND)
  assert.equal(ase.port, 3200)
  assert.equal(ase.rafiki.version, 1)
  assert.equal(ase.database?.url, undefined)
  assert.equal(hsm.token.token, null)
  assert.equal(cardholders, null)
})

test('a token that exists is named by label and PIN', () => {
  const { hsm } = settingsFrom({ ...SOUND, HSM_TOKEN_LABEL: 'issuer', HSM_PIN: '1234' })
  assert.deepEqual(hsm.token.token, { tokenLabel: 'issuer' })
  assert.equal(hsm.token.pin, '1234')
})

const FAULTS: [changes: Record<string, string | undefined>, named: RegExp][] = [
  [{ CUSTOMER_ASE_PORT: undefined }, /CUSTOMER_ASE_PORT/],
  [{ CUSTOMER_ASE_PORT: '70000' }, /CUSTOMER_ASE_PORT/],
  [{ RAFIKI_ADMIN_URL: 'admin' }, /RAFIKI_ADMIN_URL/],
  [{ RAFIKI_SIGNATURE_SECRET: '' }, /RAFIKI_SIGNATURE_SECRET/],
  [{ RAFIKI_SIGNATURE_VERSION: 'one' }, /RAFIKI_SIGNATURE_VERSION/],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
  [{ TRANSPORT_KEY: 'a secret' }, /TRANSPORT_KEY: expected 16 bytes/],
  [{ HSM_PIN: 'a secret' }, /HSM_TOKEN_LABEL.*HSM_PIN.*got a PIN alone/],
  [{ CARDHOLDERS: 'holders.yaml' }, /CARDHOLDERS and PERSONALISATION_DIRECTORY/],
  [{ TLS_CERT: 'issuer.pem' }, /TLS_CERT and TLS_KEY: expected both or none/],
  [{ HOSTS: 'wallet.example' }, /HOSTS: expected host=http/],
]

for (const [changes, named] of FAULTS) {
  test(`the error names ${Object.entries(changes).flat().join(' ')}, and no secret`, () => {
    assert.throws(
      () => settingsFrom({ ...SOUND, ...changes }),
      (error: Error) => named.test(error.message) && !/a secret|another secret/.test(error.message),
    )
  })
}
