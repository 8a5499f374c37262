import {
  createCipheriv,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { concat, fromHex } from '../../../protocols/bytes/bytes.ts'
import { verifyAes, verifyEcdsa } from '../../../protocols/interledger/cryptogram.ts'
import type { CardKeys } from '../cards/card-keys.ts'

type VerifyArqc = Parameters<CardKeys['verifyArqc']>[0]

/** An HSM of software: for what a real one cannot be asked to do, such as to break at a given moment. */
export class SoftwareKeys implements CardKeys {
  readonly #transportKey: Uint8Array
  readonly #keys = new Map<string, Uint8Array | KeyObject>()
  /** How many cryptograms were checked. */
  checks = 0
  /** Awaited before each check. */
  before: (request: VerifyArqc) => Promise<void> = async () => {}

  constructor(transportKey: Uint8Array) {
    this.#transportKey = transportKey
  }

  async generateCardKey({ label, algorithm }: Parameters<CardKeys['generateCardKey']>[0]) {
    if (algorithm === 'aes-128') {
      const key = new Uint8Array(randomBytes(16))
      this.#keys.set(label, key)
      return { wrapped: this.#wrap(key), kcv: null, publicKey: null }
    }
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const spki = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    this.#keys.set(label, createPublicKey(spki))
    return {
      wrapped: this.#wrap(privateKey.export({ type: 'pkcs8', format: 'der' })),
      kcv: null,
      publicKey: spki,
    }
  }

  async verifyArqc(request: VerifyArqc): Promise<boolean> {
    this.checks += 1
    await this.before(request)
    const key = this.#keys.get(request.key)
    if (key === undefined) throw new Error(`expected a key "${request.key}", there is none`)
    if (key instanceof Uint8Array) return verifyAes(key, request.data, request.cryptogram)
    return verifyEcdsa(key, request.data, request.cryptogram)
  }

  // RFC 5649, with its alternative initial value.
  #wrap(key: Uint8Array): Uint8Array {
    const cipher = createCipheriv('id-aes128-wrap-pad', this.#transportKey, fromHex('A65959A6'))
    return concat(cipher.update(key), cipher.final())
  }
}
