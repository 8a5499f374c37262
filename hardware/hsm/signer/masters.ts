import { createHash, timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { HsmError } from '../error.ts'
import { type SealedKey, sealedBytes } from '../keys/sealed-key.ts'
import { call, type Token, type TokenSession, template } from './cryptoki.ts'
import { destroying, findObjects, workingCopy } from './objects.ts'
import { known } from './templates.ts'

const MAC_BYTES = 32
/** PKCS #8 of an RSA key of 3072 bits has 1,795 bytes at most. */
const BLOB_BYTES_AT_MOST = 2048
/** Only to see what the storage key makes of it. */
const NOBODYS_KEY = new Uint8Array(16)
/** What is generated, and what the token may do with it. */
export const MASTERS = {
  storage: {
    label: 'tapbench storage key',
    generator: pkcs11.CKM_AES_KEY_GEN,
    type: pkcs11.CKK_AES,
    uses: { CKA_WRAP: true, CKA_UNWRAP: true, CKA_DERIVE: false },
  },
  seal: {
    label: 'tapbench seal key',
    generator: pkcs11.CKM_GENERIC_SECRET_KEY_GEN,
    type: pkcs11.CKK_GENERIC_SECRET,
    uses: { CKA_SIGN: true, CKA_VERIFY: true, CKA_DERIVE: false },
  },
} as const

export type Master = keyof typeof MASTERS

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
    this.#storage = only(token.home, MASTERS.storage.label)
    this.#seal = only(token.home, MASTERS.seal.label)
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

  /** Tells different master keys apart, both of them: hex, and of no use for anything else. */
  get fingerprint(): string {
    const { module, session } = this.#token
    const key = module.C_CreateObject(session, known('aes-128', NOBODYS_KEY))
    const wrapped = destroying(this.#token, [key], () => this.wrap(key))
    return `${this.id}${createHash('sha256').update(wrapped).digest('hex').slice(0, 16)}`
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
export function provision(token: TokenSession): void {
  const { module, session } = token
  call('the token to make its master keys', () => {
    for (const [master, { label, generator }] of Object.entries(MASTERS)) {
      if (findObjects(token, named(label)).length > 0) continue
      const attributes = template({ CKA_VALUE_LEN: 32 })
      module.C_GenerateKey(session, { mechanism: generator }, [
        ...attributes,
        ...masterAttributes(master as Master),
      ])
    }
  })
}

/** A master key in the token for good. */
export function masterAttributes(master: Master): pkcs11.Template {
  const { label, uses } = MASTERS[master]
  return template({ ...KEPT, ...uses, CKA_LABEL: label })
}

/** How many of the master keys are in the token. */
export function mastersIn(token: TokenSession): number {
  return call('a search for master keys', () =>
    Object.values(MASTERS).filter(({ label }) => findObjects(token, named(label)).length > 0),
  ).length
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
