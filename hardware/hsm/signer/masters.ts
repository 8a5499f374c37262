import { timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import { type SealedKey, sealedBytes } from '../keys/sealed-key.ts'
import { call, type Token, type TokenSession, template } from './cryptoki.ts'
import { destroying, findObjects, workingCopy } from './objects.ts'

const MAC_BYTES = 32
/** PKCS #8 of an RSA key of 3072 bits has 1,795 bytes at most. */
const BLOB_BYTES_AT_MOST = 2048
const LABELS = { storage: 'tapbench storage key', seal: 'tapbench seal key' } as const
const KEPT = { CKA_TOKEN: true, CKA_PRIVATE: true, CKA_SENSITIVE: true, CKA_EXTRACTABLE: false } as const
const HMAC = { mechanism: pkcs11.CKM_SHA256_HMAC }

/**
 * The two keys that stay in the token for good: the storage key (AES-256) wraps all working keys, the seal key (HMAC-SHA256) authenticates
 * their records. Worked with as session objects, since SoftHSM2 reads a token object from disk at each use.
 */
export class Masters {
  readonly #token: Token
  readonly #storage: pkcs11.Handle
  readonly #seal: pkcs11.Handle
  readonly #wrapping: { mechanism: number }
  /** Tells tokens with different master keys apart: 8 bytes that the seal key makes, hex. */
  readonly id: string

  /** `wrapping`: CKM_AES_KEY_WRAP_PAD or the mechanism that does it in this token. Throws MASTER_KEYS_MISSING. */
  constructor(token: Token, wrapping: number) {
    this.#token = token
    this.#wrapping = { mechanism: wrapping }
    this.#storage = only(token.home, LABELS.storage)
    this.#seal = only(token.home, LABELS.seal)
    this.id = this.#mac(Buffer.from('tapbench token')).subarray(0, 8).toString('hex')
  }

  /** Wraps a key that is extractable. */
  wrap(key: pkcs11.Handle): string {
    const room = Buffer.alloc(BLOB_BYTES_AT_MOST)
    const { module, session } = this.#token
    return module.C_WrapKey(session, this.#wrapping, this.#storage, key, room).toString('hex')
  }

  /** `session`: where the key lives, that of operations unless said otherwise. */
  unwrap(blob: string, attributes: pkcs11.Template, { session }: TokenSession = this.#token): pkcs11.Handle {
    const { module } = this.#token
    return module.C_UnwrapKey(session, this.#wrapping, this.#storage, Buffer.from(blob, 'hex'), attributes)
  }

  /** The value of a wrapped key, or another attribute that says it; `attributes` must let it be read. */
  read(blob: string, attributes: pkcs11.Template, type: number = pkcs11.CKA_VALUE): Buffer {
    const { module, session } = this.#token
    const key = this.unwrap(blob, attributes)
    return destroying(this.#token, [key], () => {
      const [value] = module.C_GetAttributeValue(session, key, [{ type }])
      return value?.value as Buffer
    })
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
    if (findObjects({ module, session }, named(label)).length > 0) return
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

function only(token: TokenSession, label: string): pkcs11.Handle {
  const [found, ...others] = call('a search for master keys', () => findObjects(token, named(label)))
  if (found !== undefined && others.length === 0) return workingCopy(token, found)
  throw new HsmError(
    'MASTER_KEYS_MISSING',
    `expected one "${label}" in the token, got ${others.length === 0 ? 'none' : 'several'}`,
  )
}

function named(label: string): pkcs11.Template {
  return template({ CKA_LABEL: label, CKA_TOKEN: true, CKA_CLASS: pkcs11.CKO_SECRET_KEY })
}
