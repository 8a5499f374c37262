import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import { signRequest } from '../../../protocols/signatures/http-message.ts'
import { testHolder, testRoot } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../common/testing/test-keys.ts'
import { authenticate, type Connection, PLAIN } from './authentication.ts'
import { PublicKeys } from './public-keys.ts'
import type { KnownTerminal } from './terminals.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const WINDOWS = { request: 60_000, requestFuture: 10_000 }
const keys = generateKeyPairSync('ed25519')
const request = { method: 'POST', url: 'http://127.0.0.1:1/payments', body: '{}' }

interface Circumstances {
  connection?: Connection
  /** SHA-256 of the certificate that the terminal was onboarded with. */
  certificate?: string | null
  revoked?: boolean
  gone?: boolean
}

async function certificate(serial = 3): Promise<X509Certificate> {
  return testHolder(await testRoot(testKeys('root')), keys.publicKey, { serial: Uint8Array.of(serial) })
}

function digest({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('hex')
}

/** The code of the outcome for a terminal whose keys are overdue from this moment on. */
async function codeOf(
  keysOverdueAt: number | null,
  { connection = PLAIN, certificate = null, revoked = false, gone = false }: Circumstances = {},
): Promise<string | null> {
  const identity = { keyId: 'pos-1', privateKey: keys.privateKey, created: NOW, nonce: 'once' }
  const headers = await signRequest(request, identity)
  const terminal: KnownTerminal = {
    id: 'pos-1',
    publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    merchantId: 'shop',
    merchantState: 'active',
    wallet: null,
    keysOverdueAt,
  }
  const find = async () => ({ terminal: gone ? null : terminal, certificate, revoked })
  const registered = { find, keys: new PublicKeys() }
  const caller = await authenticate({ ...request, headers }, registered, WINDOWS, NOW, connection)
  return caller.authentic ? null : caller.outcome.code
}

test('a terminal that did not rotate its keys in time is refused from that moment on', async () => {
  assert.equal(await codeOf(NOW + 1), null)
  assert.equal(await codeOf(NOW), 'terminal_overdue')
  assert.equal(await codeOf(null), null)
})

describe('certificate and terminal', () => {
  const judge = { judge: (value: X509Certificate) => ({ valid: true, value }) as const }
  const over = (certificate: X509Certificate | null) => ({ tls: true, certificate, judge }) as const

  test('a terminal that was registered by hand has no certificate, and comes over plain HTTP alone', async () => {
    assert.equal(await codeOf(null, { connection: PLAIN }), null)
    assert.equal(await codeOf(null, { connection: over(null) }), 'certificate_missing')
    assert.equal(await codeOf(null, { connection: over(await certificate()) }), 'certificate_not_terminals')
  })

  test('an onboarded terminal has one certificate', async () => {
    const own = await certificate()
    const onboarded = { certificate: digest(own) }
    assert.equal(await codeOf(null, { ...onboarded, connection: over(own) }), null)
    assert.equal(await codeOf(null, { ...onboarded, connection: PLAIN }), 'certificate_missing')
    const other = over(await certificate(7))
    assert.equal(await codeOf(null, { ...onboarded, connection: other }), 'certificate_not_terminals')
  })

  test('a certificate that was revoked, also of a terminal that is gone', async () => {
    const own = await certificate()
    const revoked = { certificate: digest(own), revoked: true, connection: over(own) }
    assert.equal(await codeOf(null, revoked), 'certificate_refused')
    assert.equal(await codeOf(null, { ...revoked, gone: true }), 'certificate_refused')
    assert.equal(await codeOf(null, { gone: true }), 'terminal_unknown')
  })
})
