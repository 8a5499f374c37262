import type { KeyObject } from 'node:crypto'
import type { Name } from '../../protocols/x509/name.ts'
import { buildRequest } from '../../protocols/x509/request.ts'
import type { Sign } from '../../protocols/x509/signature.ts'
import type { Desk } from './desk.ts'
import { HsmError } from './error.ts'
import type { PairAlgorithm } from './hierarchy/algorithms.ts'
import { expectData, expectLabel } from './input.ts'
import { type KeyTerms, newKeyOf } from './new-key.ts'
import { publicKeyOf, recordedKeyOf } from './public-key.ts'

type SignsDer = 'SignCertificate' | 'SignCrl' | 'SignCsr'

/**
 * What makes and checks certificates (RFC 5280, RFC 2986). A key signs what has the form that it is for and nothing else. HsmError as in
 * {@link Hsm}: INVALID_INPUT_DATA for another form, KEY_TOO_WEAK for a key that is not to be certified.
 */
export class Certificates {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** The authority's signature over a TBSCertificate, for `issueCertificate` of `protocols/x509`. */
  signCertificate(key: string): Sign {
    return this.#signer('SignCertificate', key)
  }

  /** The authority's signature over a TBSCertList, for `issueCrl` of `protocols/cms`. */
  signCrl(key: string): Sign {
    return this.#signer('SignCrl', key)
  }

  /** A request for a certificate of a key pair of the HSM (PKCS #10), DER. */
  async signCsr({ key, subject }: { key: string; subject: Name }): Promise<Uint8Array> {
    return buildRequest({ subject, publicKey: this.publicKey(key) }, this.#signer('SignCsr', key))
  }

  /** The public half of a key pair, as the key store has it. Throws KEY_WRONG_TYPE for a secret key. */
  publicKey(key: string): KeyObject {
    const { algorithm, publicKey } = this.#desk.recordOf(key)
    if (publicKey !== null) return publicKeyOf({ algorithm: algorithm as PairAlgorithm, hex: publicKey })
    throw new HsmError('KEY_WRONG_TYPE', `expected key "${key}" to be a pair, got ${algorithm}`)
  }

  /** Takes the public key of an authority that is trusted by itself. */
  async importTrustAnchor({
    publicKey,
    ...terms
  }: KeyTerms & { label: string; publicKey: KeyObject }): Promise<void> {
    const recorded = recordedKeyOf(publicKey)
    if (recorded === null)
      throw new HsmError(
        'KEY_TOO_WEAK',
        'expected a public key of a kind that is known here, got another one',
      )
    const key = newKeyOf({ ...terms, usage: 'trust anchor', algorithm: recorded.algorithm })
    const point = new Uint8Array(Buffer.from(recorded.hex, 'hex'))
    await this.#desk.make('ImportPublicKey', [], { key, point }, (sealed) => sealed)
  }

  #signer(operation: SignsDer, key: string): Sign {
    return async (data) => {
      const args = { key: expectLabel(key), data: expectData(data) }
      return new Uint8Array(await this.#desk.perform(operation, [key], args))
    }
  }
}
