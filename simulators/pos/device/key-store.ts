import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  sign,
} from 'node:crypto'
import { createSecureContext } from 'node:tls'
import {
  type SignableRequest,
  type SigningIdentity,
  signRequest,
} from '../../../protocols/signatures/http-message.ts'
import type { TlsClient } from '../../common/http-client.ts'
import type { Random } from '../../common/uuid.ts'
import { seal, unseal } from './sealed.ts'

export type KeyKind = 'Ed25519' | 'P-256' | 'RSA'

/** Makes a private key; by default the machine's own randomness does. */
export type MakeKey = (kind: KeyKind) => KeyObject

/** Sealed private keys (PKCS #8) by their names. */
export type SavedKeyStore = Record<string, string>

const MODULUS_BITS = 2048
const MAKERS: Readonly<Record<KeyKind, () => KeyObject>> = {
  Ed25519: () => generateKeyPairSync('ed25519').privateKey,
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  RSA: () => generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS }).privateKey,
}

export const makeKey: MakeKey = (kind) => MAKERS[kind]()

/** The device's keystore for its identity, apart from the WhiteBox: private keys are made here, used here, and never given away. */
export class KeyStore {
  readonly #storageKey: Uint8Array
  readonly #random: Random
  readonly #make: MakeKey
  readonly #keys = new Map<string, KeyObject>()

  /** `storageKey`: 32 bytes, copied. Throws when `saved` was sealed under another one. */
  constructor(storageKey: Uint8Array, random: Random, make: MakeKey = makeKey, saved: SavedKeyStore = {}) {
    this.#storageKey = Uint8Array.from(storageKey)
    this.#random = random
    this.#make = make
    for (const [name, sealed] of Object.entries(saved)) this.#keys.set(name, this.#unsealed(name, sealed))
  }

  /** Makes a key pair, in place of one of that name, and gives the public key. */
  generate(name: string, kind: KeyKind): KeyObject {
    this.#keys.set(name, this.#make(kind))
    return this.publicKey(name)
  }

  publicKey(name: string): KeyObject {
    return createPublicKey(this.#key(name))
  }

  /** RSASSA-PKCS1-v1_5 or ECDSA (DER) with SHA-256, or Ed25519, by the kind of key. */
  async sign(name: string, data: Uint8Array): Promise<Uint8Array> {
    const key = this.#key(name)
    return new Uint8Array(sign(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key))
  }

  /** The headers of a request signed by RFC 9421. */
  signRequest(
    name: string,
    request: SignableRequest,
    identity: Omit<SigningIdentity, 'privateKey'>,
  ): Promise<Record<string, string>> {
    return signRequest(request, { ...identity, privateKey: this.#key(name) })
  }

  /** Shows certificates in TLS, the first of them this key's, as PEM. */
  tlsClient(name: string, certificates: readonly string[]): TlsClient {
    const key = this.#key(name).export({ type: 'pkcs8', format: 'pem' })
    const cert = certificates.join('')
    return {
      secureContext: (trustedRoots) =>
        createSecureContext({ key, cert, ...(trustedRoots === undefined ? {} : { ca: [...trustedRoots] }) }),
    }
  }

  /** The raw RSA private operation on a block as long as the modulus. */
  decrypt(name: string, block: Uint8Array): Uint8Array {
    return new Uint8Array(privateDecrypt({ key: this.#key(name), padding: constants.RSA_NO_PADDING }, block))
  }

  /** Something that is no key, sealed as the keys are: it opens under the same name alone. */
  seal(name: string, data: Uint8Array): string {
    return seal(this.#storageKey, name, data, this.#random)
  }

  /** Inverse of {@link seal}. Throws when another device sealed it, or somebody changed it. */
  unseal(name: string, sealed: string): Uint8Array {
    return unseal(this.#storageKey, name, sealed)
  }

  /** Forgets a key; harmless when there is none. */
  erase(name: string): void {
    this.#keys.delete(name)
  }

  /** Forgets all keys, and the one that sealed them. */
  tamper(): void {
    this.#keys.clear()
    this.#storageKey.fill(0)
  }

  save(): SavedKeyStore {
    const sealed = [...this.#keys].map(([name, key]): [string, string] => {
      const plain = key.export({ type: 'pkcs8', format: 'der' })
      return [name, seal(this.#storageKey, name, plain, this.#random)]
    })
    return Object.fromEntries(sealed)
  }

  #unsealed(name: string, sealed: string): KeyObject {
    const key = Buffer.from(unseal(this.#storageKey, name, sealed))
    return createPrivateKey({ key, type: 'pkcs8', format: 'der' })
  }

  #key(name: string): KeyObject {
    const key = this.#keys.get(name)
    if (key === undefined)
      throw new Error(`expected a key named "${name}" in the device's keystore, there is none`)
    return key
  }
}
