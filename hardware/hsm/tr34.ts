import type { X509Certificate } from 'node:crypto'
import type { ContentCipher } from '../../protocols/cms/enveloped-data.ts'
import type { ExpectedFreshness, Freshness } from '../../protocols/keyblock/tr34/key-token.ts'
import type { Desk } from './desk.ts'
import type { SecretAlgorithm } from './hierarchy/algorithms.ts'
import type { KeyUsage } from './hierarchy/usages.ts'
import { expectBytes, expectData, expectLabel, expectOneOf } from './input.ts'
import { type KeyTerms, newRecordOf } from './new-key.ts'
import type { SentKey } from './signer/tr34-export.ts'
import type { TokenRefusal } from './signer/tr34-import.ts'

export type { SentKey } from './signer/tr34-export.ts'
export type { TokenRefusal } from './signer/tr34-import.ts'

/** A certificate with its issuers, up to one whose key the HSM has under the label `authority`: its own, or a trust anchor. */
export interface TrustedParty {
  certificate: X509Certificate
  issuers: readonly X509Certificate[]
  authority: string
}

/** How a key travels to one device. */
export interface Delivery {
  /** Label of the key distribution host's pair, with its certificate. */
  kdh: { key: string; certificate: X509Certificate }
  krd: TrustedParty
  /** The device's random number of 8 to 16 bytes (two passes), or the time of signing (one pass). */
  freshness: Freshness
  /** Go with the token, DER; one of the device's issuer must not name the device. */
  crls?: readonly Uint8Array[]
  /** Default: `aes-128-cbc`. */
  cipher?: ContentCipher
}

/** `exportability`: whether the receiver may hand it on; default: no. */
export interface ExportTr34 extends Delivery {
  key: string
  exportability?: 'E' | 'N'
}

/** `base`: label of the base key; `id`: the initial key's name, 8 bytes; `header`: of a key block of usage B1. */
export interface ExportInitialKey extends Delivery {
  base: string
  id: Uint8Array
  header: string
}

/** `usage`: what the key must be. */
export interface ImportTr34 extends KeyTerms {
  label: string
  usage: KeyUsage
  /** Label of the pair of the key-receiving device that the HSM is, with its certificate. */
  krd: { key: string; certificate: X509Certificate }
  /** The host that it is bound to. */
  kdh: TrustedParty
  freshness: ExpectedFreshness
  /** Whether a revocation list must come with the token; default: required. */
  crl?: 'required' | 'optional'
  token: Uint8Array
}

/** `signedAt`: milliseconds since 1970, of a token of one pass: the next one must be later. */
export type ReceivedTr34 =
  | { ok: true; kcv: string | null; algorithm: SecretAlgorithm; signedAt: number | null }
  | { ok: false; reason: TokenRefusal }

const ID_BYTES = 8
const CIPHERS = ['aes-128-cbc', 'des-ede3-cbc'] as const

/**
 * Keys for one receiver and from one host, under their RSA keys (TR-34:2019). The receiver's certificate and the token decide the outcome, a
 * value; HsmError, as in {@link Hsm}, for our own keys: KEY_NOT_EXPORTABLE when a key was not made so or has no code in X9.143.
 */
export class Tr34 {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** A key in a token (KT_KDH), DER. */
  async exportKey({ key, exportability = 'N', ...delivery }: ExportTr34): Promise<SentKey> {
    expectOneOf('exportability', exportability, ['E', 'N'])
    const args = { key, exportability, ...routeOf(delivery) }
    return plain(await this.#desk.perform('ExportTr34', [key, args.kdh, args.authority], args))
  }

  /** DeriveIpek and its export: the initial key of a device in a token (KT_KDH), DER. */
  async exportInitialKey({ base, id, header, ...delivery }: ExportInitialKey): Promise<SentKey> {
    expectBytes('the name of an initial key', id, ID_BYTES)
    const args = { base, id, header, ...routeOf(delivery) }
    return plain(await this.#desk.perform('ExportInitialKey', [base, args.kdh, args.authority], args))
  }

  /** Keeps the key of a token. Exportable when the token and the caller both say so. */
  async importKey({
    krd,
    kdh,
    freshness,
    crl = 'required',
    token,
    ...terms
  }: ImportTr34): Promise<ReceivedTr34> {
    const args = {
      key: newRecordOf(terms),
      krd: expectLabel(krd.key),
      device: derOf(krd.certificate),
      host: derOf(kdh.certificate),
      issuers: kdh.issuers.map(derOf),
      authority: expectLabel(kdh.authority),
      crl,
      freshness,
      token: expectData(token),
    }
    const names = [krd.key, kdh.authority]
    const result = await this.#desk.make('ImportTr34', names, args, (made) => (made.ok ? made.key : null))
    if (!result.ok) return result
    const { kcv, algorithm } = result.key.record
    return { ok: true, kcv, algorithm: algorithm as SecretAlgorithm, signedAt: result.signedAt }
  }
}

/** Over IPC, Buffers stay Buffers: callers get plain bytes. */
function plain(sent: SentKey): SentKey {
  if (!sent.ok) return sent
  return { ok: true, token: new Uint8Array(sent.token), kcv: new Uint8Array(sent.kcv) }
}

function routeOf({ kdh, krd, freshness, crls = [], cipher = 'aes-128-cbc' }: Delivery) {
  expectOneOf('a cipher', cipher, CIPHERS)
  return {
    kdh: kdh.key,
    host: derOf(kdh.certificate),
    krd: derOf(krd.certificate),
    issuers: krd.issuers.map(derOf),
    authority: krd.authority,
    freshness,
    crls,
    cipher,
  }
}

function derOf({ raw }: X509Certificate): Uint8Array {
  return new Uint8Array(raw)
}
