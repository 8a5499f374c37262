import { timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import { type SealedKey, sealedBytes } from '../keys/sealed-key.ts'
import { call, type TokenSession, template } from './cryptoki.ts'

const MAC_BYTES = 32
const BLOB_BYTES_AT_MOST = 512
const LABELS = { storage: 'tapbench storage key', seal: 'tapbench seal key' } as const
const KEPT = { CKA_TOKEN: true, CKA_PRIVATE: true, CKA_SENSITIVE: true, CKA_EXTRACTABLE: false } as const
const HMAC = { mechanism: pkcs11.CKM_SHA256_HMAC }

/**
 * The two keys that stay in the token for good: the storage key (AES-256) wraps all working keys, the seal key (HMAC-SHA256) authenticates
 * their records. Worked with as session objects, since SoftHSM2 reads a token object from disk at each use.
 */
export class Masters {
  readonly #token: TokenSession
  readonly #storage: pkcs11.Handle
  readonly #seal: pkcs11.Handle
  readonly #wrapping: { mechanism: number }
  /** Tells tokens with different master keys apart: 8 bytes that the seal key makes, hex. */
  readonly id: string

  /** `wrapping`: CKM_AES_KEY_WRAP_PAD or the mechanism that does it in this token. Throws MASTER_KEYS_MISSING. */
  constructor(token: TokenSession, wrapping: number) {
    this.#token = token
    this.#wrapping = { mechanism: wrapping }
    this.#storage = workingCopy(token, LABELS.storage)
    this.#seal = workingCopy(token, LABELS.seal)
    this.id = this.#mac(Buffer.from('tapbench token')).subarray(0, 8).toString('hex')
  }

  /** Wraps a key that is extractable. */
  wrap(key: pkcs11.Handle): string {
    const room = Buffer.alloc(BLOB_BYTES_AT_MOST)
    const { module, session } = this.#token
    return module.C_WrapKey(session, this.#wrapping, this.#storage, key, room).toString('hex')
  }

  unwrap(blob: string, attributes: pkcs11.Template): pkcs11.Handle {
    const { module, session } = this.#token
    return module.C_UnwrapKey(session, this.#wrapping, this.#storage, Buffer.from(blob, 'hex'), attributes)
  }

  /** The mechanism of {@link wrap}, for wrapping under other keys. */
  get wrapping(): { mechanism: number } {
    return this.#wrapping
  }

  seal(key: Omit<SealedKey, 'seal' | 'token'>): SealedKey {
    const unsealed = { ...key, token: this.id }
    return { ...unsealed, seal: this.#mac(sealedBytes(unsealed)).toString('hex') }
  }

  /** Throws BLOB_OF_ANOTHER_TOKEN or BLOB_ALTERED unless this token's masters sealed the key as it is. */
  check(key: SealedKey): void {
    if (key.token !== this.id)
      throw new HsmError(
        'BLOB_OF_ANOTHER_TOKEN',
        `expected key "${key.record.label}" of token ${this.id}, got one of token ${key.token}`,
      )
    const seal = Buffer.from(key.seal, 'hex')
    if (seal.length === MAC_BYTES && timingSafeEqual(seal, this.#mac(sealedBytes(key)))) return
    throw new HsmError(
      'BLOB_ALTERED',
      `expected key "${key.record.label}" as it was sealed, got another content`,
    )
  }

  #mac(data: Buffer): Buffer {
    const { module, session } = this.#token
    module.C_SignInit(session, HMAC, this.#seal)
    return module.C_Sign(session, data, Buffer.alloc(MAC_BYTES))
  }
}

/** Makes the master keys where they are not there; what is there stays. */
export function provision({ module, session }: TokenSession): void {
  const make = (label: string, mechanism: number, uses: Parameters<typeof template>[0]) => {
    if (find({ module, session }, label).length > 0) return
    const attributes = template({ ...KEPT, ...uses, CKA_LABEL: label, CKA_VALUE_LEN: 32 })
    module.C_GenerateKey(session, { mechanism }, attributes)
  }
  call('the token to make its master keys', () => {
    make(LABELS.storage, pkcs11.CKM_AES_KEY_GEN, { CKA_WRAP: true, CKA_UNWRAP: true, CKA_DERIVE: false })
    make(LABELS.seal, pkcs11.CKM_GENERIC_SECRET_KEY_GEN, {
      CKA_SIGN: true,
      CKA_VERIFY: true,
      CKA_DERIVE: false,
    })
  })
}

function workingCopy(token: TokenSession, label: string): pkcs11.Handle {
  const [found, ...others] = call('a search for master keys', () => find(token, label))
  if (found === undefined || others.length > 0)
    throw new HsmError(
      'MASTER_KEYS_MISSING',
      `expected one "${label}" in the token, got ${others.length === 0 ? 'none' : 'several'}`,
    )
  try {
    return token.module.C_CopyObject(token.session, found, template({ CKA_TOKEN: false }))
  } catch {
    // Not every module copies; its token object serves as well.
    return found
  }
}

function find({ module, session }: TokenSession, label: string): pkcs11.Handle[] {
  const wanted = { CKA_LABEL: label, CKA_TOKEN: true, CKA_CLASS: pkcs11.CKO_SECRET_KEY }
  module.C_FindObjectsInit(session, template(wanted))
  try {
    return module.C_FindObjects(session, 2)
  } finally {
    module.C_FindObjectsFinal(session)
  }
}
