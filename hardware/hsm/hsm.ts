import type { Capabilities } from './capabilities/features.ts'
import { Cards } from './cards.ts'
import { Certificates } from './certificates.ts'
import { Desk } from './desk.ts'
import { Dukpt } from './dukpt.ts'
import { HsmError } from './error.ts'
import { Exchange } from './exchange.ts'
import { ALGORITHMS, isRsa, PAIRS, type PairAlgorithm } from './hierarchy/algorithms.ts'
import { PAIR_USAGES, type PairUsage } from './hierarchy/usages.ts'
import { type HsmOptions, settled } from './hsm-options.ts'
import { type ImportKey, importKey } from './import-key.ts'
import { expectBlocks, expectBytes, expectData, expectOneOf } from './input.ts'
import { InterledgerCards } from './interledger-cards.ts'
import type { KeyRecord } from './keys/sealed-key.ts'
import { type GenerateKey, type KeyTerms, newKeyOf, validityOf } from './new-key.ts'
import { Pins } from './pins.ts'
import { publicKeyPem } from './public-key.ts'
import type { ArgsOf } from './requests.ts'
import type { RsaPadding } from './signer/rsa.ts'
import { SignerPool, type TokenStanding } from './signer-pool.ts'
import { Tr34 } from './tr34.ts'

export type { TokenAccess } from './access.ts'
export type { HsmOptions } from './hsm-options.ts'
export type { CardKeyAlgorithm, VerifyArqc } from './interledger-cards.ts'
export type { KeyTerms } from './new-key.ts'

export interface GenerateKeyPair extends KeyTerms {
  label: string
  algorithm: PairAlgorithm
  /** What it may sign; default: any data, as `signing`. */
  usage?: PairUsage
}

/** `padding`: of RSA alone, `pkcs1` unless said otherwise. */
export interface Sign {
  key: string
  data: Uint8Array
  padding?: RsaPadding
}

/** Validity of the new version and last moment of the one before it, milliseconds since 1970; default: none. */
export interface RenewKey extends Pick<KeyTerms, 'validFrom' | 'validUntil'> {
  label: string
  previousUntil?: number
}

export type GenerateMac = ArgsOf<'GenerateMac'>
export type CipherData = ArgsOf<'EncryptData'>

const DIGEST_BYTES = 32
const MAC_BYTES: Record<GenerateMac['method'], number> = {
  'aes-cmac': 16,
  'tdes-cmac': 8,
  'hmac-sha256': 32,
  'retail, padding 1': 8,
  'retail, padding 2': 8,
}
const MAC_METHODS = Object.keys(MAC_BYTES)
/** Half of the shortest MAC: a shorter one is guessed too soon. */
const MAC_BYTES_AT_LEAST = 4

/** Opens an HSM: starts its signers and logs them in. Throws HsmError; nothing is left running then. */
export async function openHsm(options: HsmOptions): Promise<Hsm> {
  const { keys, journal, ...pool } = settled(options)
  const tell = (text: string) => journal.record({ kind: 'fact', party: 'hsm', text })
  const opened = await SignerPool.open({ ...pool, tell })
  return new Hsm(opened, new Desk(opened, keys, journal, pool.clearAllowed))
}

/**
 * A payment HSM behind PKCS#11: callers name keys and purposes, never attributes, and every operation is in the journal. Methods are named
 * as the operations of the field; all throw HsmError: INVALID_INPUT_DATA and DATA_TOO_LONG before anything is sent; KEY_NOT_FOUND,
 * KEY_WRONG_USAGE, KEY_WRONG_TYPE, KEY_EXPIRED and KEY_NOT_YET_VALID by the key; KEY_EXISTS for a new one; MECHANISM_MISSING by the token;
 * SIGNER_GONE, HSM_BUSY and DEADLINE_PASSED by the signers.
 */
export class Hsm {
  readonly #pool: SignerPool
  readonly #desk: Desk
  /** PIN blocks; clear PINs stay in the signers. */
  readonly pins: Pins
  /** Card values and cryptograms of the schemes. */
  readonly cards: Cards
  /** Keys for and from others. */
  readonly exchange: Exchange
  /** Certificates, requests for them, revocation lists. */
  readonly certificates: Certificates
  /** Keys for and from others, in tokens for one receiver. */
  readonly tr34: Tr34
  /** Keys of devices that derive one for each transaction. */
  readonly dukpt: Dukpt
  /** Keys and cryptograms of `interledger` cards. */
  readonly interledger: InterledgerCards

  /** For {@link openHsm}. */
  constructor(pool: SignerPool, desk: Desk) {
    this.#pool = pool
    this.#desk = desk
    this.pins = new Pins(desk)
    this.cards = new Cards(desk)
    this.exchange = new Exchange(desk)
    this.certificates = new Certificates(desk)
    this.tr34 = new Tr34(desk)
    this.dukpt = new Dukpt(desk)
    this.interledger = new InterledgerCards(desk)
  }

  /** Process ids of the signers that live. */
  get pids(): number[] {
    return this.#pool.pids
  }

  /** The tokens behind this HSM, and how they stand. */
  get tokens(): TokenStanding[] {
    return this.#pool.tokens
  }

  /**
   * Takes a token out for maintenance: what is under way there ends, nothing more goes to it, and its signers end. Throws TOKEN_NOT_PRESENT when
   * no other one is there, INVALID_INPUT_DATA when none has this name.
   */
  async withdraw(token: string): Promise<void> {
    await this.#pool.withdraw(token)
  }

  /** Puts it back. Throws HsmError when it does not open; it is then away, and comes back by itself when it can. */
  async admit(token: string): Promise<void> {
    await this.#pool.admit(token)
  }

  /** What the token can do, found out at the start. */
  get capabilities(): Capabilities {
    return this.#pool.capabilities
  }

  /** The records of all keys. */
  get keys(): readonly KeyRecord[] {
    return this.#desk.records
  }

  /** Generates a secret key in the token. `kcv`: 3 bytes, hex. */
  async generateKey(key: GenerateKey): Promise<{ kcv: string | null }> {
    const { record } = await this.#desk.make('GenerateKey', [], { key: newKeyOf(key) }, (sealed) => sealed)
    return { kcv: record.kcv }
  }

  /** Takes a secret key in the clear. Throws KCV_MISMATCH. */
  async importKey(key: ImportKey): Promise<{ kcv: string | null }> {
    return importKey(this.#desk, key)
  }

  /** Generates a key pair in the token; of RSA that takes about a second. `publicKey`: SPKI PEM. */
  async generateKeyPair({ usage = 'signing', ...pair }: GenerateKeyPair): Promise<{ publicKey: string }> {
    expectOneOf('a usage of key pairs', usage, PAIR_USAGES)
    const key = newKeyOf({ ...pair, usage })
    const { record } = await this.#desk.make('GenerateKeyPair', [], { key }, (sealed) => sealed)
    return { publicKey: publicKeyPem(pair.algorithm, record.publicKey ?? '') }
  }

  /**
   * A new version of a key under its label; the one before it stays as "LABEL/vN", until `previousUntil` at the latest. Throws KEY_WRONG_USAGE
   * for keys that are not generated here.
   */
  async renewKey({
    label,
    previousUntil,
    ...bounds
  }: RenewKey): Promise<{ version: number; previous: string }> {
    const args = { key: { label }, previousUntil: previousUntil ?? null, ...validityOf(bounds) }
    const { renewed, previous } = await this.#desk.renew(args)
    return { version: renewed.record.version, previous: previous.record.label }
  }

  /** Check value of the key as it is, 3 bytes, hex. */
  async generateKcv(key: string): Promise<string> {
    return await this.#desk.perform('GenerateKcv', [key], { key })
  }

  /** 8, 16 or 32 bytes, by the method. */
  async generateMac({ key, method, data }: GenerateMac): Promise<Uint8Array> {
    expectOneOf('a MAC method', method, MAC_METHODS)
    const args = { key, method, data: expectData(data) }
    return await this.#desk.perform('GenerateMac', [key], args)
  }

  /** Whether `mac` is the MAC, or its first bytes, at least four. */
  async verifyMac({ key, method, data, mac }: GenerateMac & { mac: Uint8Array }): Promise<boolean> {
    expectOneOf('a MAC method', method, MAC_METHODS)
    const most = MAC_BYTES[method]
    if (mac.length < MAC_BYTES_AT_LEAST || mac.length > most)
      throw new HsmError('INVALID_INPUT_DATA', `expected a MAC of 4 to ${most} bytes, got ${mac.length}`)
    return await this.#desk.perform('VerifyMac', [key], { key, method, data: expectData(data), mac })
  }

  /** Whole blocks, without padding; as long as the data. */
  async encryptData(args: CipherData): Promise<Uint8Array> {
    return await this.#desk.perform('EncryptData', [args.key], this.#cipherArgs(args))
  }

  /** Inverse of {@link encryptData}. */
  async decryptData(args: CipherData): Promise<Uint8Array> {
    return await this.#desk.perform('DecryptData', [args.key], this.#cipherArgs(args))
  }

  /**
   * `data`: a digest of SHA-256 for ECDSA and RSA, the message for Ed25519. 64 bytes, r|s or R|S; with RSA as many as the modulus has.
   */
  async sign({ key, data, padding }: Sign): Promise<Uint8Array> {
    const { algorithm } = this.#desk.recordOf(key)
    if (PAIRS.includes(algorithm as PairAlgorithm) && algorithm !== 'ed25519')
      expectBytes('a digest', data, DIGEST_BYTES)
    if (padding !== undefined && !isRsa(algorithm))
      throw new HsmError('INVALID_INPUT_DATA', `expected a padding with RSA alone, got one for ${algorithm}`)
    expectOneOf('a padding', padding ?? 'pkcs1', ['pkcs1', 'pss'])
    const args = { key, data: expectData(data), padding: padding ?? 'pkcs1' }
    return await this.#desk.perform('Sign', [key], args)
  }

  /**
   * `base`: the signature base of an HTTP message (RFC 9421, 2.5). 64 bytes by a key of usage `request signing`: R|S of Ed25519, or r|s of
   * ECDSA with SHA-256.
   */
  async signRequest({ key, base }: ArgsOf<'SignRequest'>): Promise<Uint8Array> {
    return await this.#desk.perform('SignRequest', [key], { key, base: expectData(base) })
  }

  /** Refuses what waits, lets what is under way end, ends the signers. Never throws, harmless when called twice. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  #cipherArgs({ key, mode, iv, data }: CipherData): CipherData {
    const block = ALGORITHMS[this.#desk.recordOf(key).algorithm].family === 'tdes' ? 8 : 16
    expectOneOf('a mode', mode, ['ecb', 'cbc'])
    expectBlocks(data, block)
    if (mode === 'ecb' && iv !== null)
      throw new HsmError('INVALID_INPUT_DATA', 'expected no initial vector with ECB, got one')
    if (mode === 'cbc') expectBytes('an initial vector', iv as Uint8Array, block)
    return { key, mode, iv, data }
  }
}
