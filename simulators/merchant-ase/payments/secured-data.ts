import { sql } from 'kysely'
import { HsmError } from '../../../hardware/hsm/error.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { AES_DUKPT } from '../../../protocols/dukpt/aes.ts'
import { readKsn } from '../../../protocols/dukpt/ksn.ts'
import type { Ksn } from '../../../protocols/dukpt/scheme.ts'
import { schemeOfKsn } from '../../../protocols/dukpt/schemes.ts'
import { type AccountData, readAccountData } from '../../../protocols/emv/account-data.ts'
import { PayloadError, withPinData } from '../../../protocols/interledger/payload.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import { KEY_REASONS } from '../../../protocols/onboarding/reasons.ts'
import { because, type Outcome, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { Database, GenerationState } from '../database/tables.ts'
import { refusalOf } from '../terminals/key-refusal.ts'
import type { PaymentRequest } from './payment-request.ts'
import type { TransactionKeys } from './transaction-keys.ts'

/** What the issuer is to be sent, or why the payment ends here. */
export type SecuredVerdict = { ok: true; payload: string } | { ok: false; outcome: Outcome }

export interface SecuredDataOptions {
  db: Database
  clock: Clock
  /** Asked for each time: they may have been opened anew. */
  keys: () => Promise<TransactionKeys>
}

type Account = NonNullable<PaymentRequest['account']>
type Pin = NonNullable<PaymentRequest['pin']>

interface TakenNumber {
  state: GenerationState
  endsAt: number | null
  fresh: boolean
}

/** What a terminal's device enciphered for a payment: its keys are judged, then the HSM works on it. No PIN is ever in the clear here. */
export class SecuredData {
  readonly #options: SecuredDataOptions

  constructor(options: SecuredDataOptions) {
    this.#options = options
  }

  /** Key serial numbers are spent whatever comes of the payment. Throws when the HSM says what no request could be the cause of. */
  async open(
    terminalId: string,
    { payload, account, pin }: Pick<PaymentRequest, 'payload' | 'account' | 'pin'>,
  ): Promise<SecuredVerdict> {
    if (account === undefined) return { ok: true, payload }
    const refused = await this.#takeNumbers(terminalId, account, pin)
    if (refused !== null) return { ok: false, outcome: refused }
    try {
      return await this.#work(payload, account, pin)
    } catch (error) {
      if (!(error instanceof HsmError) || !GONE.includes(error.code)) throw error
      return refuse('hsm_unreachable')
    }
  }

  async #work(payload: string, account: Account, pin: Pin | undefined): Promise<SecuredVerdict> {
    const keys = await this.#options.keys()
    const holder = await accountOf(keys, account)
    if (holder === null) return refuse('account_data_unreadable')
    if (pin === undefined) return { ok: true, payload }
    const { ksn, format, pinBlock } = pin
    const block = fromHex(pinBlock)
    const translated = await keys.translatePin({ ksn: fromHex(ksn), format, block, pan: holder.pan })
    if (translated.ok) return carrying(payload, translated.block)
    return translated.reason === 'no_key' ? refuse('pin_not_translated') : refuse('pin_unreadable')
  }

  /** Null when all of them are of keys that the terminal may use now, and were never used before. */
  async #takeNumbers(terminalId: string, account: Account, pin: Pin | undefined): Promise<Outcome | null> {
    const sred = ksnOf(account)
    const own = pin === undefined ? null : ksnOf(pin)
    if (sred === null || (pin !== undefined && own === null)) return because('ksn_refused', 'no KSN of DUKPT')
    const numbers = [
      numberOf(terminalId, 'SRED', sred),
      ...(own === null ? [] : [numberOf(terminalId, 'PIN', own)]),
    ]
    const { rows } = await sql<{ taken: (TakenNumber | null)[] }>`select jsonb_build_array(${sql.join(
      numbers,
    )}) as taken`.execute(this.#options.db)
    const outcomes = (rows[0]?.taken ?? [null]).map((number) => this.#judge(number))
    return outcomes.find((outcome) => outcome !== null) ?? null
  }

  #judge(number: TakenNumber | null): Outcome | null {
    if (number === null) return because('ksn_refused', KEY_REASONS.keys_unknown)
    const reason = refusalOf(number, this.#options.clock.now())
    if (reason !== null) return because('ksn_refused', KEY_REASONS[reason])
    return number.fresh ? null : because('ksn_replayed')
  }
}

/** What an HSM says that is not there, or not able to answer. */
const GONE: readonly string[] = [
  'SIGNER_GONE',
  'HSM_CLOSED',
  'HSM_BUSY',
  'DEADLINE_PASSED',
  'TOKEN_NOT_PRESENT',
  'MODULE_FAILED',
]

function numberOf(terminalId: string, purpose: KeyPurpose, { id, counter }: Ksn) {
  return sql`take_key_number(${terminalId}, ${purpose}, ${toHex(id)}, ${counter})`
}

function ksnOf({ ksn }: { ksn: string }): Ksn | null {
  const bytes = fromHex(ksn)
  const scheme = schemeOfKsn(bytes)
  const reading = scheme === null ? null : readKsn(scheme, bytes)
  return reading?.ok ? reading.ksn : null
}

async function accountOf(keys: TransactionKeys, account: Account): Promise<AccountData | null> {
  const [ksn, data] = [fromHex(account.ksn), fromHex(account.data)]
  const { blockBytes: ivBytes } = schemeOfKsn(ksn) ?? AES_DUKPT
  const clear = await keys.decryptAccount(ksn, data.subarray(0, ivBytes), data.subarray(ivBytes))
  const reading = readAccountData(clear)
  clear.fill(0)
  return reading.ok ? reading.account : null
}

function carrying(payload: string, block: Uint8Array): SecuredVerdict {
  try {
    return { ok: true, payload: toHex(withPinData(fromHex(payload), block)) }
  } catch (error) {
    if (error instanceof PayloadError) return refuse('payload_malformed')
    throw error
  }
}

function refuse(code: ReasonCode): SecuredVerdict {
  return { ok: false, outcome: because(code) }
}
