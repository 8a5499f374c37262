import pkcs11 from 'pkcs11js'
import { type TokenAccess, tokenName } from '../access.ts'
import { HsmError } from '../error.ts'
import { call, type Token, template } from './cryptoki.ts'
import { MASTERS, type Master, masterAttributes, masterKey, mastersIn } from './masters.ts'
import { findObjects } from './objects.ts'
import { trusting } from './security-officer.ts'
import { holdsBack } from './trusted-wrapping.ts'
import { unwrapKey } from './unwrapping.ts'

/** RSA of 3072 bits is as hard to break as AES-128 (SP 800-57, 5.6.1.1), and half a second's work for a token. */
const MODULUS_BITS = 3072
const EXPONENT = Buffer.from('010001', 'hex')
/** PKCS#1 OAEP over SHA-1: the one that all modules have. Its strength does not rest on collisions. */
const OAEP = {
  mechanism: pkcs11.CKM_RSA_PKCS_OAEP,
  parameter: {
    type: pkcs11.CK_PARAMS_RSA_OAEP,
    hashAlg: pkcs11.CKM_SHA_1,
    mgf: pkcs11.CKG_MGF1_SHA1,
    // CKZ_DATA_SPECIFIED.
    source: 1,
  },
}
const OF_SESSION = { CKA_TOKEN: false, CKA_PRIVATE: true, CKA_SENSITIVE: true } as const

/** Public half of a token's key for the ceremony; hex. */
export interface TransportPublicKey {
  readonly modulus: string
  readonly exponent: string
}

/** The master keys under the public key of one token; hex. */
export type MasterShare = Readonly<Record<Master, string>>

/** A token at a ceremony in which the master keys of a group are made or handed on. What it needs for that is gone with its session. */
export class Guest {
  readonly #token: Token
  readonly #access: TokenAccess
  readonly #pair: { publicKey: pkcs11.Handle; privateKey: pkcs11.Handle } | null

  constructor(token: Token, access: TokenAccess) {
    this.#token = token
    this.#access = access
    this.#pair = mastersIn(token) > 0 ? null : call('an RSA key pair for the ceremony', () => newPair(token))
  }

  /** Null when the token has master keys. */
  get publicKey(): TransportPublicKey | null {
    if (this.#pair === null) return null
    const { module, session } = this.#token
    const [modulus, exponent] = module.C_GetAttributeValue(session, this.#pair.publicKey, [
      { type: pkcs11.CKA_MODULUS },
      { type: pkcs11.CKA_PUBLIC_EXPONENT },
    ])
    return { modulus: hexOf(modulus?.value), exponent: hexOf(exponent?.value) }
  }

  /** Whether no key lies in the token, of this layer or of anybody else. */
  get empty(): boolean {
    const classes = [pkcs11.CKO_SECRET_KEY, pkcs11.CKO_PRIVATE_KEY]
    return classes.every((keys) => {
      const lying = template({ CKA_CLASS: keys, CKA_TOKEN: true })
      return call('a search for keys', () => findObjects(this.#token, lying)).length === 0
    })
  }

  /** Makes master keys that can be wrapped, wraps them for each, and destroys them: they stay nowhere but where they are taken. */
  found(publicKeys: readonly TransportPublicKey[]): MasterShare[] {
    const { module, session } = this.#token
    return call('the token to make master keys for the group', () => {
      const keys = byMaster((master) => {
        const attributes = template({ ...OF_SESSION, CKA_EXTRACTABLE: true, CKA_VALUE_LEN: 32 })
        return module.C_GenerateKey(session, { mechanism: MASTERS[master].generator }, attributes)
      })
      const shares = publicKeys.map((key) =>
        this.#share(module.C_CreateObject(session, publicKeyOf(key)), (master) => keys[master]),
      )
      for (const key of Object.values(keys)) module.C_DestroyObject(session, key)
      return shares
    })
  }

  /**
   * Wraps the master keys of this token for another one, whose public key the security officer trusts for this session. Throws
   * MASTER_KEYS_STAY, SO_PIN_INCORRECT.
   */
  vouch(publicKey: TransportPublicKey, securityOfficerPin: string): MasterShare {
    this.#expectMovable()
    const trusted = trusting(this.#token, this.#access, securityOfficerPin, publicKeyOf(publicKey))
    return call('the token to wrap its master keys', () =>
      this.#share(trusted, (master) => masterKey(this.#token, master)),
    )
  }

  /** Takes the master keys in for good: both, or none. */
  join(share: MasterShare): void {
    const pair = this.#pair
    if (pair === null)
      throw new HsmError('MASTER_KEYS_NOT_SHARED', 'expected a token without master keys, got one with them')
    const { module, session } = this.#token
    const leaves = holdsBack(this.#token, OAEP, pair.publicKey) ? 'under a trusted key' : 'never'
    const taken: pkcs11.Handle[] = []
    try {
      call('the token to take the master keys of the group', () =>
        byMaster((master) => {
          const attributes = [
            ...template({ CKA_CLASS: pkcs11.CKO_SECRET_KEY, CKA_KEY_TYPE: MASTERS[master].type }),
            ...masterAttributes(master, leaves),
          ]
          const wrapped = Buffer.from(share[master], 'hex')
          taken.push(unwrapKey(this.#token, OAEP, pair.privateKey, wrapped, attributes))
        }),
      )
    } catch (error) {
      for (const key of taken) module.C_DestroyObject(session, key)
      throw error
    }
  }

  #share(under: pkcs11.Handle, keyOf: (master: Master) => pkcs11.Handle): MasterShare {
    const { module, session } = this.#token
    return byMaster((master) => {
      const room = Buffer.alloc(MODULUS_BITS / 8)
      return hexOf(module.C_WrapKey(session, OAEP, under, keyOf(master), room))
    })
  }

  #expectMovable(): void {
    const { module, session } = this.#token
    const movable = byMaster((master) => {
      const key = masterKey(this.#token, master)
      const [extractable] = module.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_EXTRACTABLE }])
      return hexOf(extractable?.value) === '01'
    })
    if (movable.storage && movable.seal) return
    throw new HsmError(
      'MASTER_KEYS_STAY',
      `expected a token whose master keys may be wrapped for another one, got the token "${tokenName(this.#access)}", which they never leave`,
    )
  }
}

function newPair({ module, session }: Token) {
  return module.C_GenerateKeyPair(
    session,
    { mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN },
    template({
      CKA_MODULUS_BITS: MODULUS_BITS,
      CKA_PUBLIC_EXPONENT: EXPONENT,
      CKA_TOKEN: false,
      CKA_WRAP: true,
    }),
    template({ ...OF_SESSION, CKA_EXTRACTABLE: false, CKA_UNWRAP: true }),
  )
}

function publicKeyOf({ modulus, exponent }: TransportPublicKey): pkcs11.Template {
  return template({
    CKA_CLASS: pkcs11.CKO_PUBLIC_KEY,
    CKA_KEY_TYPE: pkcs11.CKK_RSA,
    CKA_MODULUS: Buffer.from(modulus, 'hex'),
    CKA_PUBLIC_EXPONENT: Buffer.from(exponent, 'hex'),
    CKA_TOKEN: false,
    CKA_WRAP: true,
  })
}

function byMaster<Value>(of: (master: Master) => Value): Record<Master, Value> {
  return { storage: of('storage'), seal: of('seal') }
}

function hexOf(bytes: unknown): string {
  return Buffer.from(bytes as Buffer).toString('hex')
}
