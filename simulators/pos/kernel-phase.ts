import { toHex } from '../../protocols/bytes/bytes.ts'
import type { CaKeyStore } from '../../protocols/emv/oda/ca-key.ts'
import { rememberingImport } from '../../protocols/emv/oda/rsa.ts'
import { truncatePan } from '../../protocols/emv/pan.ts'
import type { Outcome } from '../../protocols/outcome/outcome.ts'
import type { CardSession } from './card-session.ts'
import { loadCaKeys } from './emv/ca-keys.ts'
import type { DataStore } from './emv/data-store.ts'
import type { Kernel, KernelDeps } from './emv/kernel.ts'
import { type KernelResult, outcomeOf } from './emv/kernel-result.ts'
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
  result: TapResult
}

/** The kernels of one terminal: its keys are read once, when the first card needs them. */
export class KernelRunner {
  readonly #profile: TerminalProfile
  readonly #deps: Omit<KernelDeps, 'caKeys' | 'importKey'>
  readonly #importKey = rememberingImport(KEPT_KEYS)
  #caKeys: Promise<CaKeyStore> | null = null
  #sequence = 0

  constructor(profile: TerminalProfile, deps: Omit<KernelDeps, 'caKeys' | 'importKey'>) {
    this.#profile = profile
    this.#deps = deps
  }

  /** Lets a kernel do the transaction and writes what it found into the result. Throws as {@link Kernel} and for broken key files. */
  async run({ name, kernel, session, transaction, result }: KernelPhase): Promise<Outcome> {
    this.#caKeys ??= loadCaKeys(this.#profile.emv?.caKeys ?? [])
    const deps = { ...this.#deps, caKeys: await this.#caKeys, importKey: this.#importKey }
    const ended = await kernel(session, this.#profile, this.#transactionOf(transaction), deps)
    fill(result, name, ended)
    return outcomeOf(ended)
  }

  #transactionOf({ amount, currency, date, time, unpredictableNumber }: Transaction): EmvTransaction {
    this.#sequence++
    return { ...PURCHASE, amount, currency, date, time, unpredictableNumber, sequence: this.#sequence }
  }
}

function fill(result: TapResult, name: KernelPhase['name'], ended: KernelResult): void {
  const { outcome, reason, tvr, tsi, cvmResults, scriptResults, cryptogram, data } = ended
  result.kernel = { name, outcome, reason, tvr, tsi, cvmResults, scriptResults }
  const aid = data.get('84')
  if (aid !== undefined) Object.assign(result.card, { aid: toHex(aid), label: textIn(data, '50') })
  const pan = data.get('5A')
  if (pan !== undefined) result.card.pan = truncatePan(toHex(pan).replace(/F+$/, ''))
  if (cryptogram === null) return
  const { cid, atc, ac } = cryptogram
  Object.assign(result.emv, { cid, atc, cryptogram: ac })
}

function textIn(data: DataStore, tag: string): string | null {
  const value = data.get(tag)
  return value === undefined
    ? null
    : Buffer.from(value)
        .toString('latin1')
        .replace(/[^\x20-\x7e]/g, '?')
}
