import { createCipheriv, createDecipheriv } from 'node:crypto'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { Random } from '../../common/uuid.ts'

const NONCE = 12
const TAG = 16

/** A secret as it may lie on a disk, hexadecimal: nonce, AES-256-GCM under `key` (32 bytes), tag. It opens only under the same `name`. */
export function seal(key: Uint8Array, name: string, secret: Uint8Array, random: Random): string {
  const nonce = random(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name))
  return toHex(concat(nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()))
}

/** Inverse of {@link seal}. Throws when it was sealed under another key or name, or was changed. */
export function unseal(key: Uint8Array, name: string, sealed: string): Uint8Array {
  const bytes = fromHex(sealed)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE)).setAAD(Buffer.from(name))
  decipher.setAuthTag(bytes.subarray(-TAG))
  try {
    return concat(decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final())
  } catch (cause) {
    throw new Error(`expected "${name}" as this device sealed it: give the device its own key and file`, {
      cause,
    })
  }
}
