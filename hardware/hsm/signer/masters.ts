import { createHash, timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { type Capabilities, FEATURES } from '../capabilities/features.ts'
import { HsmError } from '../error.ts'
import { type SealedKey, sealedBytes, sealingOf } from '../keys/sealed-key.ts'
import { SEALING_MECHANISMS, SEALINGS, type SealingName } from '../keys/sealings.ts'
import { call, type Token, type TokenSession, template } from './cryptoki.ts'
import { destroying, findObjects, workingCopy } from './objects.ts'
import { type Sealing, sealingsOf } from './sealings.ts'
import { known } from './templates.ts'

const MAC_BYTES = 32
/** Only to see what the storage key makes of it. */
const NOBODYS_KEY = new Uint8Array(16)
/** What is generated, and what the token may do with it. */
export const MASTERS = {
  storage: {
    label: 'tapbench storage key',
    generator: pkcs11.CKM_AES_KEY_GEN,
    type: pkcs11.CKK_AES,
    // What may decrypt with it may open every blob outside of the token; tokens allow that where nothing is said.
    uses: { CKA_WRAP: true, CKA_UNWRAP: true, CKA_DERIVE: false, CKA_ENCRYPT: false, CKA_DECRYPT: false },
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

/** What lies outside of the token, and how it was wrapped. */
type Wrapped = Pick<SealedKey, 'blob' | 'sealing'>

/**
 * The two keys that stay in the token for good: the storage key (AES-256) wraps all working keys, the seal key (HMAC-SHA256) authenticates
 * their records. Worked with as session objects, since SoftHSM2 reads a token object from disk at each use.
 */
export class Masters {
  readonly #token: Token
  readonly #storage: pkcs11.Handle
  readonly #seal: pkcs11.Handle
  readonly #sealings: ReadonlyMap<SealingName, Sealing>
  /** That of new keys. */
  readonly #preferred: SealingName
  /** Tells tokens with different master keys apart: 8 bytes that the seal key makes, hex. */
  readonly id: string

  /** Throws MECHANISM_MISSING for a token that does none of {@link SEALINGS}, and MASTER_KEYS_MISSING. */
  constructor(token: Token, capabilities: Capabilities) {
    this.#token = token
    this.#sealings = sealingsOf(capabilities)
    const [preferred] = this.#sealings.keys()
    if (preferred === undefined)
      throw new HsmError('MECHANISM_MISSING', `expected a token with ${SEALING_MECHANISMS}, got one without`)
    this.#preferred = preferred
    this.#storage = workingCopy(token.home, masterKey(token.home, 'storage'))
    this.#seal = workingCopy(token.home, masterKey(token.home, 'seal'))
    this.id = this.#mac(Buffer.from('tapbench token')).subarray(0, 8).toString('hex')
  }

  /** Wraps a key that is extractable. */
  wrap(key: pkcs11.Handle): string {
    return this.#by(this.#preferred).wrap(this.#token, this.#storage, key).toString('hex')
  }

  /** `session`: where the key lives, that of operations unless said otherwise. */
  unwrap(key: Wrapped, attributes: pkcs11.Template, where: TokenSession = this.#token): pkcs11.Handle {
    const sealing = this.#by(sealingOf(key))
    return sealing.unwrap(where, this.#storage, Buffer.from(key.blob, 'hex'), attributes)
  }

  /** The value of a wrapped key, or another attribute that says it; `attributes` must let it be read. */
  read(wrapped: Wrapped, attributes: pkcs11.Template, type: number = pkcs11.CKA_VALUE): Buffer {
    const { module, session } = this.#token
    const key = this.unwrap(wrapped, attributes)
    return destroying(this.#token, [key], () => {
      const [value] = module.C_GetAttributeValue(session, key, [{ type }])
      return value?.value as Buffer
    })
  }

  /** Tells different master keys apart, both of them: hex, and of no use for anything else. */
  get fingerprint(): string {
    const { module, session } = this.#token
    const key = module.C_CreateObject(session, known('aes-128', NOBODYS_KEY))
    const imprint = destroying(this.#token, [key], () =>
      this.#by(this.#preferred).imprint(this.#token, this.#storage, key).toString('hex'),
    )
    return `${this.id}${createHash('sha256').update(imprint).digest('hex').slice(0, 16)}`
  }

  /** `key`: its blobs come from {@link wrap}, or it was sealed before. */
  seal(key: Omit<SealedKey, 'seal' | 'token'>): SealedKey {
    const unsealed = { sealing: this.#preferred, ...key, token: this.id }
    return { ...unsealed, seal: this.#mac(sealedBytes(unsealed)).toString('hex') }
  }

  /**
   * Throws MECHANISM_MISSING for a sealing that this token does not do, and BLOB_OF_ANOTHER_TOKEN or BLOB_ALTERED unless its masters sealed the
   * key as it is. To be called before anything is unwrapped: padding that is looked at first would tell what lies under it.
   */
  check(key: SealedKey): void {
    const sealing = sealingOf(key)
    if (sealing in SEALINGS && !this.#sealings.has(sealing))
      throw new HsmError(
        'MECHANISM_MISSING',
        `expected key "${key.record.label}" in a sealing that this token does, ${[...this.#sealings.keys()].join(' or ')}, got ${sealing}, for which it lacks ${FEATURES[SEALINGS[sealing].feature][0]}`,
      )
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

  #by(name: SealingName): Sealing {
    const sealing = this.#sealings.get(name)
    if (sealing === undefined) throw new Error(`expected a sealing that was checked, got ${name}`)
    return sealing
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

/** A master key in the token for good; one of a group leaves it under a key alone that the token's security officer trusts. */
export function masterAttributes(
  master: Master,
  leaves: 'never' | 'under a trusted key' = 'never',
): pkcs11.Template {
  const { label, uses } = MASTERS[master]
  const movable = leaves === 'never' ? {} : { CKA_EXTRACTABLE: true, CKA_WRAP_WITH_TRUSTED: true }
  return template({ ...KEPT, ...movable, ...uses, CKA_LABEL: label })
}

/** How many of the master keys are in the token. */
export function mastersIn(token: TokenSession): number {
  return call('a search for master keys', () =>
    Object.values(MASTERS).filter(({ label }) => findObjects(token, named(label)).length > 0),
  ).length
}

/** The token's own object. Throws MASTER_KEYS_MISSING. */
export function masterKey(token: TokenSession, master: Master): pkcs11.Handle {
  const { label } = MASTERS[master]
  const [found, ...others] = call('a search for master keys', () => findObjects(token, named(label)))
  if (found !== undefined && others.length === 0) return found
  throw new HsmError(
    'MASTER_KEYS_MISSING',
    `expected one "${label}" in the token, got ${others.length === 0 ? 'none' : 'several'}`,
  )
}

function named(label: string): pkcs11.Template {
  return template({ CKA_LABEL: label, CKA_TOKEN: true, CKA_CLASS: pkcs11.CKO_SECRET_KEY })
}
