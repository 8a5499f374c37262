import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hash } from 'node:crypto'
import { concat } from '../../../protocols/bytes/bytes.ts'

const NONCE = 12
const TAG = 16

// Keys are handed over as key objects: for bytes Node makes an error first, which costs more than the whole operation.

/** The two keys of a STREAM connection, derived from its 32-byte shared secret (RFC 29, 4.2 and 4.3). */
export interface StreamKeys {
  encryption: Uint8Array
  fulfilment: Uint8Array
}

export function streamKeys(sharedSecret: Uint8Array): StreamKeys {
  return {
    encryption: hmac(sharedSecret, 'ilp_stream_encryption'),
    fulfilment: hmac(sharedSecret, 'ilp_stream_fulfillment'),
  }
}

/** AES-256-GCM envelope: 12 bytes of nonce, 16 bytes of tag, then the ciphertext (RFC 29, 4.2). */
export function seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce)
  const sealed = concat(cipher.update(plain), cipher.final())
  return concat(nonce, cipher.getAuthTag(), sealed)
}

/** Opens what {@link seal} made; null when it was not made with this key, or was changed. */
export function unseal(key: Uint8Array, envelope: Uint8Array): Uint8Array | null {
  if (envelope.length < NONCE + TAG) return null
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), envelope.subarray(0, NONCE))
  decipher.setAuthTag(envelope.subarray(NONCE, NONCE + TAG))
  try {
    return concat(decipher.update(envelope.subarray(NONCE + TAG)), decipher.final())
  } catch {
    return null
  }
}

/** The 32-byte preimage that fulfils a packet with this encrypted data (RFC 29, 4.3). */
export function fulfilmentOf(keys: StreamKeys, data: Uint8Array): Uint8Array {
  return hmac(keys.fulfilment, data)
}

/** The 32-byte execution condition of a preimage. */
export function conditionOf(fulfilment: Uint8Array): Uint8Array {
  return hash('sha256', fulfilment, 'buffer')
}

export function hmac(key: Uint8Array, data: string | Uint8Array): Uint8Array {
  return createHmac('sha256', createSecretKey(key)).update(data).digest()
}
