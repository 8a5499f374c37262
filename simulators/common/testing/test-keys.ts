import { createPrivateKey, createPublicKey } from 'node:crypto'
import file from '../../../fixtures/keys/onboarding.json' with { type: 'json' }
import type { KeyPair } from '../../../protocols/x509/testing/authority.ts'

/** A published RSA key pair for tests. */
export function testKeys(name: keyof typeof file.keys): KeyPair {
  const privateKey = createPrivateKey(file.keys[name])
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
