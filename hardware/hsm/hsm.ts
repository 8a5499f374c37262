import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { AES_DUKPT } from '../../protocols/dukpt/aes.ts'
import { type KsnReading, readInitialKsn, readKsn } from '../../protocols/dukpt/ksn.ts'
import type { DukptScheme, Ksn } from '../../protocols/dukpt/scheme.ts'
import { TDES_DUKPT } from '../../protocols/dukpt/tdes.ts'
import { CDOL1_DATA_BYTES, CRYPTOGRAM_BYTES } from '../../protocols/interledger/application.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import type { TokenAccess } from './access.ts'
import { type Capabilities, FEATURES } from './capabilities/features.ts'
import { NEEDS, type Placement, placements, type Variant } from './capabilities/placement.ts'
import { Cards } from './cards.ts'
import type { Desk } from './desk.ts'
import { HsmError } from './error.ts'
import { Exchange } from './exchange.ts'
import { ALGORITHMS, familyOf, type PairAlgorithm, type SecretAlgorithm } from './hierarchy/algorithms.ts'
import type { KeyUsage } from './hierarchy/usages.ts'
import { expectBlocks, expectBytes, expectData, expectLabel, expectOneOf, p256PointOf } from './input.ts'
import { type KeyStore, MemoryKeyStore } from './keys/key-store.ts'
import type { KeyRecord, SealedKey } from './keys/sealed-key.ts'
import { type KeyTerms, newKeyOf, validityOf } from './new-key.ts'
import { Pins } from './pins.ts'
import { publicKeyPem } from './public-key.ts'
import type { ArgsOf, HsmReply, HsmRequest, OperationName, ResultOf } from './requests.ts'
import { SignerPool } from './signer-pool.ts'

export type { TokenAccess } from './access.ts'
export type { KeyTerms } from './new-key.ts'

export interface HsmOptions {
  token: TokenAccess
  /** Where the sealed keys lie; default: in memory, for this HSM alone. */
  keys?: KeyStore
  /** Signer processes; default 2. */
  signers?: number
  /** Whether what the token cannot do may be done with the key in a signer's memory; default: no. */
  clearAllowed?: boolean
  journal: Journal
  clock?: Clock
  /** Requests that may wait for a signer, default 10,000; and how long they may, default 30 s. */
  queueAtMost?: number
  waitAtMostMs?: number
  /** Resident memory at which a signer is replaced; default 256 MiB. */
  recycleAtBytes?: number
}

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

export interface GenerateKey extends KeyTerms {
  label: string
  usage: KeyUsage
  algorithm: SecretAlgorithm
}

/** `value`: as many bytes as the algorithm says; `kcv`: hex, compared when given. */
export interface ImportKey extends GenerateKey {
  value: Uint8Array
  kcv?: string
}

export interface GenerateKeyPair extends KeyTerms {
  label: string
  algorithm: PairAlgorithm
}

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

/** Validity of the new version and last moment of the one before it, milliseconds since 1970; default: none. */
export interface RenewKey extends Pick<KeyTerms, 'validFrom' | 'validUntil'> {
  label: string
  previousUntil?: number
}

export type GenerateMac = ArgsOf<'GenerateMac'>
export type CipherData = ArgsOf<'EncryptData'>

/** `base`: label of the base key; `ksn`: 12 bytes (AES) or 10 (TDES), of which the first 8 name the device's initial key. */
export interface DeriveInitialKey extends KeyTerms {
  label: string
  base: string
  ksn: Uint8Array
}

/** `key`: label of the base or initial key; `ksn`: 12 bytes (AES) or 10 (TDES); CBC, whole blocks, `iv` of one block. */
export interface DukptDecrypt {
  key: string
  ksn: Uint8Array
  iv: Uint8Array
  data: Uint8Array
}

const DEFAULTS = { signers: 2, queueAtMost: 10_000, waitAtMostMs: 30_000, recycleAtBytes: 256 * 1024 ** 2 }
const SIGNERS_AT_MOST = 8
const DIGEST_BYTES = 32
const MAC_BYTES: Record<GenerateMac['method'], number> = {
  'aes-cmac': 16,
  'tdes-cmac': 8,
  'hmac-sha256': 32,
  'retail, padding 1': 8,
  'retail, padding 2': 8,
}
/** Half of the shortest MAC: a shorter one is guessed too soon. */
const MAC_BYTES_AT_LEAST = 4
const PAIRS = ['ec-p256', 'ec-secp256k1', 'ed25519'] as const

/** Opens an HSM: starts its signers and logs them in. Throws HsmError; nothing is left running then. */
export async function openHsm(options: HsmOptions): Promise<Hsm> {
  const { token, journal, clock = systemClock, keys = new MemoryKeyStore(), clearAllowed = false } = options
  const { signers, ...limits } = { ...DEFAULTS, ...options }
  if ([token.tokenLabel, token.serial, token.slot].every((name) => name === undefined))
    throw new HsmError('INVALID_INPUT_DATA', 'expected tokenLabel, serial or slot of the token, got none')
  if (!Number.isInteger(signers) || signers < 1 || signers > SIGNERS_AT_MOST)
    throw new HsmError('INVALID_INPUT_DATA', `expected 1 to ${SIGNERS_AT_MOST} signers, got ${signers}`)
  const pool = await SignerPool.open({ ...limits, access: token, signers, clock, clearAllowed })
  return new Hsm(pool, keys, journal, clearAllowed)
}

/**
 * A payment HSM behind PKCS#11: callers name keys and purposes, never attributes, and every operation is in the journal. Methods are named
 * as the operations of the field; all throw HsmError: INVALID_INPUT_DATA and DATA_TOO_LONG before anything is sent; KEY_NOT_FOUND,
 * KEY_WRONG_USAGE, KEY_WRONG_TYPE, KEY_EXPIRED and KEY_NOT_YET_VALID by the key; KEY_EXISTS for a new one; MECHANISM_MISSING by the token;
 * SIGNER_GONE, HSM_BUSY and DEADLINE_PASSED by the signers.
 */
export class Hsm {
  readonly #pool: SignerPool
  readonly #keys: KeyStore
  readonly #journal: Journal
  readonly #making = new Set<string>()
  readonly #places: Readonly<Record<Variant, Placement>>
  /** PIN blocks; clear PINs stay in the signers. */
  readonly pins: Pins
  /** Card values and cryptograms of the schemes. */
  readonly cards: Cards
  /** Keys for and from others. */
  readonly exchange: Exchange

  /** For {@link openHsm}. */
  constructor(pool: SignerPool, keys: KeyStore, journal: Journal, clearAllowed: boolean) {
    this.#pool = pool
    this.#keys = keys
    this.#journal = journal
    this.#places = placements(pool.capabilities, clearAllowed)
    const desk: Desk = {
      perform: (operation, names, args) => this.#perform(operation, names, names[0] ?? '', args),
      make: (...making) => this.#make(...making),
    }
    this.pins = new Pins(desk)
    this.cards = new Cards(desk)
    this.exchange = new Exchange(desk)
  }

  /** Process ids of the signers that live. */
  get pids(): number[] {
    return this.#pool.pids
  }

  /** What the token can do, found out at the start. */
  get capabilities(): Capabilities {
    return this.#pool.capabilities
  }

  /** The records of all keys. */
  get keys(): readonly KeyRecord[] {
    return this.#keys.list().map(({ record }) => record)
  }

  /** Takes a clear AES-128 key (16 bytes) that can wrap card keys and do nothing else. */
  async importTransportKey(label: string, value: Uint8Array): Promise<void> {
    await this.importKey({ label, usage: 'card transport', algorithm: 'aes-128', value })
  }

  /** Takes a card key with a known value: for published test vectors, and for the public keys of cards personalised elsewhere. */
  async importCardKey(card: ImportCardKey): Promise<{ kcv: string | null }> {
    const usage = 'card cryptogram'
    if (card.algorithm === 'aes-128') return this.importKey({ ...card, usage })
    const key = newKeyOf({ label: card.label, usage, algorithm: 'ec-p256' as const })
    const args = { key, point: p256PointOf(card.publicKey) }
    await this.#make('ImportPublicKey', [], args, (sealed) => sealed)
    return { kcv: null }
  }

  /**
   * Generates a card key in the token and hands it out once, wrapped for the card. The issuer keeps an AES key that nobody can read or wrap
   * again, or the public key alone.
   */
  async generateCardKey({ transportKey, ...terms }: GenerateCardKey): Promise<GeneratedCardKey> {
    const key = newKeyOf({ ...terms, usage: 'card cryptogram' as const })
    const args = { transportKey: expectLabel(transportKey), key }
    const { wrapped, key: sealed } = await this.#make(
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

  /** Generates a secret key in the token. `kcv`: 3 bytes, hex. */
  async generateKey(key: GenerateKey): Promise<{ kcv: string | null }> {
    const { record } = await this.#make('GenerateKey', [], { key: newKeyOf(key) }, (sealed) => sealed)
    return { kcv: record.kcv }
  }

  /** A new DUKPT base key: AES, or two-key TDES. */
  async generateBdk(key: Omit<GenerateKey, 'usage'>): Promise<{ kcv: string | null }> {
    const args = { key: newKeyOf({ ...key, usage: 'DUKPT base' }) }
    const { record } = await this.#make('GenerateBdk', [], args, (sealed) => sealed)
    return { kcv: record.kcv }
  }

  /** Takes a secret key in the clear. Throws KCV_MISMATCH. */
  async importKey({ value, kcv, ...key }: ImportKey): Promise<{ kcv: string | null }> {
    const record = newKeyOf(key)
    expectBytes(`a key of ${key.algorithm}`, value, ALGORITHMS[key.algorithm].bytes)
    const args = { key: record, value, kcv: kcv ?? null }
    const sealed = await this.#make('ImportKey', [], args, (made) => made)
    return { kcv: sealed.record.kcv }
  }

  /** Generates a key pair for signatures in the token. `publicKey`: SPKI PEM. */
  async generateKeyPair(pair: GenerateKeyPair): Promise<{ publicKey: string }> {
    const key = newKeyOf({ ...pair, usage: 'signing' as const })
    const { record } = await this.#make('GenerateKeyPair', [], { key }, (sealed) => sealed)
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
    const before = expectLabel(`${label}/v${this.#recordOf(label).version}`)
    const renew = async () => {
      this.#expectFree(before)
      const { renewed, previous } = await this.#perform('RenewKey', [label], label, args)
      // In this order a crash between them loses neither.
      await this.#keys.put(previous)
      await this.#keys.put(renewed)
      return { version: renewed.record.version, previous: previous.record.label }
    }
    return this.#alone(label, () => this.#alone(before, renew))
  }

  /** Check value of the key as it is, 3 bytes, hex. */
  async generateKcv(key: string): Promise<string> {
    return this.#perform('GenerateKcv', [key], key, { key })
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
    return this.#perform('VerifyArqc', [key], key, { key, cid, data, cryptogram })
  }

  /** 8, 16 or 32 bytes, by the method. */
  async generateMac({ key, method, data }: GenerateMac): Promise<Uint8Array> {
    expectOneOf('a MAC method', method, Object.keys(MAC_BYTES))
    const args = { key, method, data: expectData(data) }
    return bytesOf(await this.#perform('GenerateMac', [key], key, args))
  }

  /** Whether `mac` is the MAC, or its first bytes, at least four. */
  async verifyMac({ key, method, data, mac }: GenerateMac & { mac: Uint8Array }): Promise<boolean> {
    expectOneOf('a MAC method', method, Object.keys(MAC_BYTES))
    const most = MAC_BYTES[method]
    if (mac.length < MAC_BYTES_AT_LEAST || mac.length > most)
      throw new HsmError('INVALID_INPUT_DATA', `expected a MAC of 4 to ${most} bytes, got ${mac.length}`)
    return this.#perform('VerifyMac', [key], key, { key, method, data: expectData(data), mac })
  }

  /** Whole blocks, without padding; as long as the data. */
  async encryptData(args: CipherData): Promise<Uint8Array> {
    return bytesOf(await this.#perform('EncryptData', [args.key], args.key, this.#cipherArgs(args)))
  }

  /** Inverse of {@link encryptData}. */
  async decryptData(args: CipherData): Promise<Uint8Array> {
    return bytesOf(await this.#perform('DecryptData', [args.key], args.key, this.#cipherArgs(args)))
  }

  /** `data`: a digest of 32 bytes for ECDSA, the message for Ed25519. 64 bytes: r|s or R|S. */
  async sign({ key, data }: { key: string; data: Uint8Array }): Promise<Uint8Array> {
    const { algorithm } = this.#recordOf(key)
    if (PAIRS.includes(algorithm as PairAlgorithm) && algorithm !== 'ed25519')
      expectBytes('a digest', data, DIGEST_BYTES)
    return bytesOf(await this.#perform('Sign', [key], key, { key, data: expectData(data) }))
  }

  /** AES and TDES DUKPT: the initial key of a device, as a key of its own (DeriveIpek). `kcv`: 3 bytes, hex. */
  async deriveInitialKey({ base, ksn, ...terms }: DeriveInitialKey): Promise<{ kcv: string | null }> {
    const { id } = ksnOf(readInitialKsn(this.#schemeOf(base), ksn))
    const algorithm = this.#recordOf(base).algorithm as 'aes-128' | 'aes-192' | 'aes-256' | 'tdes-2'
    const key = newKeyOf({ ...terms, usage: 'DUKPT initial' as const, algorithm })
    const args = { base, id, key }
    const { record } = await this.#make('DeriveInitialKey', [base], args, (sealed) => sealed)
    return { kcv: record.kcv }
  }

  /** AES and TDES DUKPT: what a device encrypted under its key for data of a transaction; of TDES that of a request. */
  async dukptDecrypt({ key, ksn, iv, data }: DukptDecrypt): Promise<Uint8Array> {
    const scheme = this.#schemeOf(key)
    const { id, counter } = ksnOf(readKsn(scheme, ksn))
    const block = scheme === TDES_DUKPT ? 8 : 16
    expectBytes('an initial vector', iv, block)
    const args = { key, id, counter, iv, data: expectBlocks(data, block) }
    return bytesOf(await this.#perform('DukptDecrypt', [key], key, args))
  }

  /** Refuses what waits, lets what is under way end, ends the signers. Never throws, harmless when called twice. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  #cipherArgs({ key, mode, iv, data }: CipherData): CipherData {
    const block = ALGORITHMS[this.#recordOf(key).algorithm].family === 'tdes' ? 8 : 16
    expectOneOf('a mode', mode, ['ecb', 'cbc'])
    expectBlocks(data, block)
    if (mode === 'ecb' && iv !== null)
      throw new HsmError('INVALID_INPUT_DATA', 'expected no initial vector with ECB, got one')
    if (mode === 'cbc') expectBytes('an initial vector', iv as Uint8Array, block)
    return { key, mode, iv, data }
  }

  #schemeOf(label: string): DukptScheme {
    return familyOf(this.#recordOf(label).algorithm) === 'tdes' ? TDES_DUKPT : AES_DUKPT
  }

  /** Not to be relied on: only the signers check that it is as it was sealed. */
  #recordOf(label: string): KeyRecord {
    return this.#sealed(label).record
  }

  #sealed(label: string): SealedKey {
    const sealed = this.#keys.get(expectLabel(label))
    if (sealed !== undefined) return sealed
    throw new HsmError('KEY_NOT_FOUND', `expected a key "${label}", got none`)
  }

  async #make<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    args: ArgsOf<Name> & { key: { label: string } },
    sealedOf: (result: ResultOf<Name>) => SealedKey | null,
  ): Promise<ResultOf<Name>> {
    const label = args.key.label
    return this.#alone(label, async () => {
      this.#expectFree(label)
      const result = await this.#perform(operation, names, label, args)
      const sealed = sealedOf(result)
      if (sealed !== null) await this.#keys.put(sealed)
      return result
    })
  }

  #expectFree(label: string): void {
    if (this.#keys.get(label) !== undefined)
      throw new HsmError('KEY_EXISTS', `expected no key "${label}", got one`)
  }

  /** One label at a time, or two requests could make the same. */
  async #alone<Result>(label: string, action: () => Promise<Result>): Promise<Result> {
    if (this.#making.has(label)) throw new HsmError('KEY_EXISTS', `expected no key "${label}", got one`)
    this.#making.add(label)
    try {
      return await action()
    } finally {
      this.#making.delete(label)
    }
  }

  /** `names`: labels of the keys that the signer needs; `key`: the one that the journal names. */
  async #perform<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    key: string,
    args: ArgsOf<Name>,
  ): Promise<ResultOf<Name>> {
    const started = performance.now()
    try {
      const keys = names.map((name) => this.#sealed(name))
      const reply = await this.#pool.submit({ operation, args } as HsmRequest, keys)
      if (reply.failure !== undefined) throw new HsmError(reply.failure.code, reply.failure.what)
      this.#record(operation, key, reply.us, wordFor(reply.result), reply.variant)
      return reply.result as ResultOf<Name>
    } catch (error) {
      const us = Math.round((performance.now() - started) * 1000)
      this.#record(operation, key, us, error instanceof HsmError ? error.code : String(error), null)
      throw error
    }
  }

  #record(operation: OperationName, key: string, us: number, result: string, variant: Variant | null): void {
    const where = variant !== null && this.#places[variant].where === 'clear in signer'
    this.#journal.record({
      kind: 'hsm',
      operation,
      mechanism: variant === null ? '' : MECHANISMS[variant],
      key,
      where: where ? 'clear in signer' : 'in token',
      us,
      result,
    })
  }
}

/** For the journal: the mechanisms of an operation. */
const MECHANISMS = Object.fromEntries(
  Object.entries(NEEDS).map(([variant, { features }]) => [
    variant,
    [...new Set(features.map((feature) => FEATURES[feature][0]))].join(', '),
  ]),
) as Record<Variant, string>

function ksnOf(reading: KsnReading): Ksn {
  if (reading.ok) return reading.ksn
  throw new HsmError('INVALID_INPUT_DATA', `expected a KSN of the key's scheme, got ${reading.reason}`)
}

function wordFor(result: Extract<HsmReply, { failure?: never }>['result']): string {
  if (typeof result === 'boolean') return result ? 'match' : 'no match'
  return typeof result === 'object' && result !== null && 'reason' in result ? result.reason : 'done'
}

/** Over IPC, Buffers stay Buffers: callers get plain bytes. */
function bytesOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
