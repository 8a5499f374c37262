import { createPublicKey, type KeyObject } from 'node:crypto'
import { concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { CDOL1_DATA_BYTES, CID, CRYPTOGRAM_BYTES } from '../../protocols/interledger/application.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { HsmError } from './error.ts'
import type { CardKeyAlgorithm, HsmReply, HsmRequest, HsmResults, TokenAccess } from './requests.ts'
import { SignerPool } from './signer-pool.ts'

export type { CardKeyAlgorithm, TokenAccess } from './requests.ts'

export interface HsmOptions {
  token: TokenAccess
  /** Signer processes; default 2. */
  signers?: number
  journal: Journal
  clock?: Clock
}

export interface GenerateCardKey {
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

type Operation = HsmRequest['operation']

const KEY_BYTES = 16
const LABEL_BYTES_AT_MOST = 128
const DEFAULT_SIGNERS = 2
const SIGNERS_AT_MOST = 8
const SPKI_P256 = fromHex('3059301306072A8648CE3D020106082A8648CE3D030107034200')

/** What the journal says: the mechanisms of an operation by kind of key, and whether a key was clear outside the token. */
const MECHANISMS: Record<Operation, Record<CardKeyAlgorithm, string>> = {
  ImportTransportKey: { 'aes-128': 'C_CreateObject CKK_AES', 'ec-p256': '' },
  ImportCardKey: { 'aes-128': 'C_CreateObject CKK_AES', 'ec-p256': 'C_CreateObject CKK_EC' },
  GenerateCardKey: {
    'aes-128': 'CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP_PAD',
    'ec-p256': 'CKM_EC_KEY_PAIR_GEN, CKM_AES_KEY_WRAP_PAD',
  },
  VerifyArqc: { 'aes-128': 'CKM_AES_ECB, CKM_AES_CBC_ENCRYPT_DATA, CKM_AES_CMAC', 'ec-p256': 'CKM_ECDSA' },
}

/** Opens an HSM: starts its signers and logs them in. Throws HsmError; nothing is left running then. */
export async function openHsm(options: HsmOptions): Promise<Hsm> {
  const { token, signers = DEFAULT_SIGNERS, journal, clock = systemClock } = options
  if (token.tokenLabel === undefined && token.slot === undefined)
    throw new HsmError('INVALID_INPUT_DATA', 'expected tokenLabel or slot of the token, got neither')
  if (!Number.isInteger(signers) || signers < 1 || signers > SIGNERS_AT_MOST)
    throw new HsmError('INVALID_INPUT_DATA', `expected 1 to ${SIGNERS_AT_MOST} signers, got ${signers}`)
  return new Hsm(await SignerPool.open(token, signers, clock), journal)
}

/**
 * A hardware security module behind PKCS#11: keys go by label, callers never pass attributes, and every operation is in the journal. All
 * methods throw HsmError: INVALID_INPUT_DATA before anything is sent, SIGNER_GONE when the signer process ended under the request.
 */
export class Hsm {
  readonly #pool: SignerPool
  readonly #journal: Journal
  readonly #making = new Set<string>()

  /** For {@link openHsm}. */
  constructor(pool: SignerPool, journal: Journal) {
    this.#pool = pool
    this.#journal = journal
  }

  /** Process ids of the signers that live. */
  get pids(): number[] {
    return this.#pool.pids
  }

  /** Takes a clear AES-128 key (16 bytes) that can wrap and do nothing else. Throws KEY_EXISTS. */
  async importTransportKey(label: string, value: Uint8Array): Promise<void> {
    expectBytes('a transport key', value, KEY_BYTES)
    await this.#make('aes-128', { operation: 'ImportTransportKey', label, value })
  }

  /**
   * Takes a card key with a known value: for published test vectors, and for the public keys of cards personalised elsewhere. Throws
   * KEY_EXISTS, and INVALID_INPUT_DATA for a public key that is not P-256.
   */
  async importCardKey(key: ImportCardKey): Promise<{ kcv: string | null }> {
    const { label, algorithm } = key
    const { kcv } = await this.#make(
      algorithm,
      algorithm === 'aes-128'
        ? {
            operation: 'ImportCardKey',
            label,
            algorithm,
            value: expectBytes('a card key', key.value, KEY_BYTES),
          }
        : { operation: 'ImportCardKey', label, algorithm, point: pointOf(key.publicKey) },
    )
    return { kcv: kcv && toHex(kcv) }
  }

  /**
   * Generates a card key in the token and hands it out once, wrapped for the card. The token keeps a copy that nobody can read or wrap
   * (AES), or the public key alone (P-256). Throws KEY_EXISTS, and KEY_NOT_FOUND for the transport key.
   */
  async generateCardKey({ label, algorithm, transportKey }: GenerateCardKey): Promise<GeneratedCardKey> {
    expectLabel(transportKey)
    const request = { operation: 'GenerateCardKey', label, algorithm, transportKey } as const
    const { wrapped, kcv, point } = await this.#make(algorithm, request)
    return {
      wrapped: new Uint8Array(wrapped),
      kcv: kcv && toHex(kcv),
      publicKey: point && spkiOf(point).export({ type: 'spki', format: 'pem' }).toString(),
    }
  }

  /**
   * Whether the card made this cryptogram over this data. A wrong or malformed cryptogram is false; throws KEY_NOT_FOUND, KEY_WRONG_TYPE
   * when the key is not of the algorithm that the CID says, UNSUPPORTED_SCHEME, and INVALID_INPUT_DATA for wrong lengths.
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
    const algorithm = cid === CID.aes ? 'aes-128' : 'ec-p256'
    return this.#perform(algorithm, { operation: 'VerifyArqc', label: key, cid, data, cryptogram })
  }

  /** Refuses what waits, lets what is under way end, ends the signers. Never throws, harmless when called twice. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  /** Signers share the token and not their view of it: one label at a time, or two of them could make the same. */
  async #make<Request extends HsmRequest>(algorithm: CardKeyAlgorithm, request: Request) {
    const label = expectLabel(request.label)
    if (this.#making.has(label))
      throw new HsmError('KEY_EXISTS', `expected no key "${label}", got one that is being made`)
    this.#making.add(label)
    try {
      return await this.#perform(algorithm, request)
    } finally {
      this.#making.delete(label)
    }
  }

  async #perform<Request extends HsmRequest>(
    algorithm: CardKeyAlgorithm,
    request: Request,
  ): Promise<HsmResults[Request['operation']]> {
    const started = performance.now()
    try {
      const reply = await this.#pool.submit(request)
      if (reply.failure !== undefined) throw new HsmError(reply.failure.code, reply.failure.what)
      this.#record(algorithm, request, reply.us, wordFor(reply.result))
      return reply.result as HsmResults[Request['operation']]
    } catch (error) {
      const us = Math.round((performance.now() - started) * 1000)
      this.#record(algorithm, request, us, error instanceof HsmError ? error.code : String(error))
      throw error
    }
  }

  #record(algorithm: CardKeyAlgorithm, { operation, label }: HsmRequest, us: number, result: string): void {
    this.#journal.record({
      kind: 'hsm',
      operation,
      mechanism: MECHANISMS[operation][algorithm],
      key: label,
      where: operation.startsWith('Import') && algorithm === 'aes-128' ? 'clear in signer' : 'in token',
      us,
      result,
    })
  }
}

function wordFor(result: Extract<HsmReply, { failure?: never }>['result']): string {
  if (typeof result !== 'boolean') return 'done'
  return result ? 'match' : 'no match'
}

function expectBytes(what: string, value: Uint8Array, length: number): Uint8Array {
  if (value instanceof Uint8Array && value.length === length) return value
  throw new HsmError('INVALID_INPUT_DATA', `expected ${what} of ${length} bytes, got ${value?.length}`)
}

function expectLabel(label: string): string {
  const length = Buffer.byteLength(label)
  if (length > 0 && length <= LABEL_BYTES_AT_MOST) return label
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected a key label of 1 to ${LABEL_BYTES_AT_MOST} bytes, got ${length}`,
  )
}

/** Uncompressed point, 65 bytes: the end of the SPKI. Node checks that it lies on the curve. */
function pointOf(spkiPem: string): Uint8Array {
  const key = readPublicKey(spkiPem)
  const curve = key?.asymmetricKeyDetails?.namedCurve
  if (key === null || curve !== 'prime256v1')
    throw new HsmError(
      'INVALID_INPUT_DATA',
      `expected a P-256 public key in PEM, got ${curve ?? 'something else'}`,
    )
  return new Uint8Array(key.export({ type: 'spki', format: 'der' })).slice(SPKI_P256.length)
}

function readPublicKey(spkiPem: string): KeyObject | null {
  try {
    return createPublicKey(spkiPem)
  } catch {
    return null
  }
}

function spkiOf(point: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(concat(SPKI_P256, point)), format: 'der', type: 'spki' })
}
