import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { signRequest } from '../../../protocols/signatures/http-message.ts'
import { authenticate } from './authentication.ts'
import { PublicKeys } from './public-keys.ts'
import type { KnownTerminal } from './terminals.ts'

const NOW = Date.UTC(2026, 5, 1, 12)
const WINDOWS = { request: 60_000, requestFuture: 10_000 }
const keys = generateKeyPairSync('ed25519')
const request = { method: 'POST', url: 'http://127.0.0.1:1/payments', body: '{}' }

/** The code of the outcome for a terminal whose keys are overdue from this moment on. */
async function codeOf(keysOverdueAt: number | null): Promise<string | null> {
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
  const registered = { find: async () => terminal, keys: new PublicKeys() }
  const caller = await authenticate({ ...request, headers }, registered, WINDOWS, NOW)
  return caller.authentic ? null : caller.outcome.code
}

test('a terminal that did not rotate its keys in time is refused from that moment on', async () => {
  assert.equal(await codeOf(NOW + 1), null)
  assert.equal(await codeOf(NOW), 'terminal_overdue')
  assert.equal(await codeOf(null), null)
})
