import { CDOL1_DATA_BYTES, CRYPTOGRAM_BYTES } from '../../protocols/interledger/application.ts'
import type { Desk } from './desk.ts'
import { HsmError } from './error.ts'
import { importKey } from './import-key.ts'
import { expectBytes, expectLabel, p256PointOf } from './input.ts'
import { type KeyTerms, newKeyOf } from './new-key.ts'
import { publicKeyPem } from './public-key.ts'

/** AES-128 keys make cryptograms of CID 80, P-256 keys those of CID C1. */
export type CardKeyAlgorithm = 'aes-128' | 'ec-p256'

export interface GenerateCardKey extends KeyTerms {
  label: string
  algorithm: CardKeyAlgorithm
  /** Label of the transport key. */
  transportKey: string
}

export interface GeneratedCardKey {
  /** AES Key Wrap with Padding (RFC 5649) of the 16 key bytes, or of the PKCS#8 DER, under the transport key. */
  wrapped: Uint8Array
  /** AES: first 3 bytes of CMAC over zeros (X9.24-1, Annex A), upper-case hex; P-256: null. */
  kcv: string | null
  /** P-256: SPKI PEM; AES: null. */
  publicKey: string | null
}

export type ImportCardKey =
  | { label: string; algorithm: 'aes-128'; value: Uint8Array }
  | { label: string; algorithm: 'ec-p256'; publicKey: string }

export interface VerifyArqc {
  scheme: 'interledger'
  /** Label of the card key. */
  key: string
  /** Cryptogram Information Data (9F27): 80 or C1. */
  cid: number
  /** CDOL1 data, 149 bytes, the ATC first. */
  data: Uint8Array
  /** 9F26: 8 bytes for CID 80, 72 for C1. */
  cryptogram: Uint8Array
}

/** What an issuer does with `interledger` cards. HsmError as in {@link Hsm}. */
export class InterledgerCards {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Takes a clear AES-128 key (16 bytes) that can wrap card keys and do nothing else. */
  async importTransportKey(label: string, value: Uint8Array): Promise<void> {
    await importKey(this.#desk, { label, usage: 'card transport', algorithm: 'aes-128', value })
  }

  /** Takes a card key with a known value: for published test vectors, and for the public keys of cards personalised elsewhere. */
  async importCardKey(card: ImportCardKey): Promise<{ kcv: string | null }> {
    const usage = 'card cryptogram'
    if (card.algorithm === 'aes-128') return importKey(this.#desk, { ...card, usage })
    const key = newKeyOf({ label: card.label, usage, algorithm: 'ec-p256' as const })
    const args = { key, point: p256PointOf(card.publicKey) }
    await this.#desk.make('ImportPublicKey', [], args, (sealed) => sealed)
    return { kcv: null }
  }

  /**
   * Generates a card key in the token and hands it out once, wrapped for the card. The issuer keeps an AES key that nobody can read or wrap
   * again, or the public key alone.
   */
  async generateCardKey({ transportKey, ...terms }: GenerateCardKey): Promise<GeneratedCardKey> {
    const key = newKeyOf({ ...terms, usage: 'card cryptogram' as const })
    const args = { transportKey: expectLabel(transportKey), key }
    const { wrapped, key: sealed } = await this.#desk.make(
      'GenerateCardKey',
      [transportKey],
      args,
      (made) => made.key,
    )
    const { kcv, publicKey } = sealed.record
    return {
      wrapped: new Uint8Array(wrapped),
      kcv,
      publicKey: publicKey && publicKeyPem('ec-p256', publicKey),
    }
  }

  /**
   * Whether the card made this cryptogram over this data. A wrong or malformed cryptogram is false; throws UNSUPPORTED_SCHEME, and
   * KEY_WRONG_TYPE when the key is not of the algorithm that the CID says.
   */
  async verifyArqc({ scheme, key, cid, data, cryptogram }: VerifyArqc): Promise<boolean> {
    const length = CRYPTOGRAM_BYTES[cid]
    if (scheme !== 'interledger' || length === undefined)
      throw new HsmError(
        'UNSUPPORTED_SCHEME',
        `expected a known scheme and CID, got ${scheme} with CID ${cid}`,
      )
    expectLabel(key)
    expectBytes('CDOL1 data', data, CDOL1_DATA_BYTES)
    expectBytes('a cryptogram', cryptogram, length)
    return this.#desk.perform('VerifyArqc', [key], { key, cid, data, cryptogram })
  }
}
