import { toHex } from '../../protocols/bytes/bytes.ts'
import type { CaKeyStore } from '../../protocols/emv/oda/ca-key.ts'
import { rememberingImport } from '../../protocols/emv/oda/rsa.ts'
import { truncatePan } from '../../protocols/emv/pan.ts'
import type { Outcome } from '../../protocols/outcome/outcome.ts'
import type { CardSession } from './card-session.ts'
import { type ContactlessResult, contactlessEnd } from './contactless/result.ts'
import { loadCaKeys } from './emv/ca-keys.ts'
import { type Cardholder, silentCardholder } from './emv/cardholder.ts'
import type { DataStore } from './emv/data-store.ts'
import type { Kernel, KernelDeps } from './emv/kernel.ts'
import { type KernelResult, outcomeOf } from './emv/kernel-result.ts'
import { noIssuer, type Online } from './emv/online.ts'
import { type EmvTransaction, PURCHASE } from './emv/transaction.ts'
import type { TerminalProfile } from './profile.ts'
import type { TapResult } from './tap-result.ts'
import type { Transaction } from './transaction.ts'

const KEPT_KEYS = 64

export interface KernelPhase {
  name: 'contact' | 'contactless'
  kernel: Kernel
  session: CardSession
  transaction: Transaction
  emv: EmvRequest
  result: TapResult
}

/** What an EMV kernel meets beside the card. */
export interface EmvRequest {
  /** The way to an issuer; without one, cards that want to go online are not known to anybody. */
  online?: Online
  /** Whoever stands before the terminal; by default nobody, and no PIN pad. */
  cardholder?: Partial<Cardholder>
  /** Where the kernel's own numbers come from; by default where the terminal's do. */
  random?: KernelDeps['random']
  /** A purchase without cashback by default. */
  transaction?: Partial<Pick<EmvTransaction, 'type' | 'amountOther' | 'merchantForcesOnline'>>
}

type TerminalDeps = Pick<KernelDeps, 'clock' | 'random' | 'journal'>

/** The kernels of one terminal: its keys are read once, when the first card needs them. */
export class KernelRunner {
  readonly #profile: TerminalProfile
  readonly #deps: TerminalDeps
  readonly #importKey = rememberingImport(KEPT_KEYS)
  #caKeys: Promise<CaKeyStore> | null = null
  #sequence = 0

  constructor(profile: TerminalProfile, { clock, random, journal }: TerminalDeps) {
    this.#profile = profile
    this.#deps = { clock, random, journal }
  }

  /** Lets a kernel do the transaction and writes what it found into the result. Throws as {@link Kernel} and for broken key files. */
  async run({ name, kernel, session, transaction, emv, result }: KernelPhase): Promise<Outcome> {
    this.#caKeys ??= loadCaKeys(this.#profile.emv?.caKeys ?? [])
    const ended = await kernel(session, this.#profile, this.#transactionOf(transaction, emv), {
      ...this.#deps,
      random: emv.random ?? this.#deps.random,
      caKeys: await this.#caKeys,
      importKey: this.#importKey,
      online: emv.online ?? noIssuer,
      cardholder: { ...silentCardholder, ...emv.cardholder },
    })
    fill(result, name, ended)
    return outcomeOf(ended)
  }

  #transactionOf(transaction: Transaction, emv: EmvRequest): EmvTransaction {
    const { amount, currency, date, time, unpredictableNumber } = transaction
    this.#sequence++
    return {
      ...PURCHASE,
      amount,
      currency,
      date,
      time,
      unpredictableNumber,
      sequence: this.#sequence,
      ...emv.transaction,
    }
  }
}

function fill(result: TapResult, name: KernelPhase['name'], ended: KernelResult): void {
  const { outcome, reason, tvr, tsi, cvmResults, scriptResults, cryptogram, data } = ended
  const contactless = isContactless(ended) ? contactlessEnd(ended) : null
  result.kernel = { name, outcome, reason, tvr, tsi, cvmResults, scriptResults, contactless }
  const aid = data.get('84')
  if (aid !== undefined) Object.assign(result.card, { aid: toHex(aid), label: textIn(data, '50') })
  // The relay resistance protocol has one of its own (Book C-2, 3.10).
  const number = data.get('9F37')
  if (number !== undefined) result.emv.unpredictableNumber = toHex(number)
  const pan = data.get('5A')
  if (pan !== undefined) result.card.pan = truncatePan(toHex(pan).replace(/F+$/, ''))
  if (cryptogram === null) return
  const { cid, atc, ac } = cryptogram
  Object.assign(result.emv, { cid, atc, cryptogram: ac })
}

function isContactless(ended: KernelResult): ended is ContactlessResult {
  return 'parameters' in ended
}

function textIn(data: DataStore, tag: string): string | null {
  const value = data.get(tag)
  return value === undefined
    ? null
    : Buffer.from(value)
        .toString('latin1')
        .replace(/[^\x20-\x7e]/g, '?')
}
