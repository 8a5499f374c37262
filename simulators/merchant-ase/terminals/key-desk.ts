import type { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { DUKPT_NAMES, DUKPT_SCHEMES } from '../../../protocols/dukpt/schemes.ts'
import type { Freshness } from '../../../protocols/keyblock/tr34/key-token.ts'
import { openRandomToken } from '../../../protocols/keyblock/tr34/random-token.ts'
import {
  initialKeyHeader,
  KEY_PURPOSES,
  type KeyPurpose,
} from '../../../protocols/onboarding/key-purposes.ts'
import type { Authority } from './authority.ts'
import type { Generation, KeyBook } from './key-book.ts'
import { readBody } from './onboarding-request.ts'
import type { Sender } from './sender.ts'
import { refuse } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'

/** `randomToken`: RT_KRD of TR-34, base64; null asks for one-pass tokens. `dukpt`: which scheme the terminal derives keys by. */
export const keyRequest = z.object({
  randomToken: z.base64().max(256).nullable(),
  dukpt: z.enum(DUKPT_NAMES).default('AES'),
})
// 5 bytes, of TDES 3 (X9.24-1:2017, Annex A).
const kcv = z.string().regex(/^([0-9A-F]{6}|[0-9A-F]{10})$/)
export const confirmation = z.object({
  generation: z.number().int().min(1),
  checkValues: z.object({ PIN: kcv, SRED: kcv }),
})

/** `POST /keys`, `/keys/confirm` and `/keys/status`: the keys of onboarded terminals. Each gives an answer, or throws Refused. */
export class KeyDesk {
  readonly #context: TrustContext
  readonly #authority: Authority
  readonly #book: KeyBook

  constructor(context: TrustContext, authority: Authority, book: KeyBook) {
    this.#context = context
    this.#authority = authority
    this.#book = book
  }

  /** Sends the keys that wait to be confirmed, in tokens that answer this request. */
  async send({ terminalId, receiving }: Sender, body: string): Promise<Record<string, unknown>> {
    const { randomToken, dukpt } = readBody(keyRequest, body)
    const freshness = this.#freshness(randomToken)
    const pending = await this.#book.pending(terminalId, dukpt)
    const crl = await this.#authority.crl()
    const exported = await Promise.all(
      KEY_PURPOSES.map((purpose) => this.#export(purpose, pending, receiving, freshness, crl)),
    )
    const [pin, sred] = exported
    if (pin === undefined || sred === undefined) throw new Error('expected a token for each purpose')
    await this.#book.noteCheckValues(pending, { PIN: pin.kcv, SRED: sred.kcv })
    return { generation: pending.generation, tokens: { PIN: pin.token, SRED: sred.token } }
  }

  /** The terminal has the keys; they are in use from now on. Saying so again changes nothing. */
  async confirm({ terminalId }: Sender, body: string): Promise<Record<string, unknown>> {
    const { generation, checkValues } = readBody(confirmation, body)
    const matches = ({ kcvs }: Generation) =>
      KEY_PURPOSES.every((purpose) => kcvs[purpose] === checkValues[purpose])
    const confirmed = await this.#book.confirm(terminalId, generation, matches)
    if (confirmed === 'unknown') return refuse('generation_unknown', String(generation))
    if (confirmed === 'mismatch') return refuse('check_value_wrong')
    this.#context.journal.record({
      kind: 'fact',
      party: 'merchant-ase',
      text: `${terminalId} uses key generation ${generation}`,
    })
    return { generation, dueAt: confirmed.dueAt }
  }

  /** Which generation is in use, and whether a rotation is due. */
  async status({ terminalId }: Sender): Promise<Record<string, unknown>> {
    const all = await this.#book.generations(terminalId)
    const active = all.find(({ state }) => state === 'active')
    const now = this.#context.clock.now()
    const due = active === undefined || active.dueAt === null || now >= active.dueAt
    return { generation: active?.generation ?? null, dueAt: active?.dueAt ?? null, rotationDue: due }
  }

  #freshness(token: string | null): Freshness {
    if (token === null) return { signingTime: new Date(this.#context.clock.now()) }
    const opened = openRandomToken(new Uint8Array(Buffer.from(token, 'base64')))
    return opened.valid ? { randomNumber: opened.value } : refuse('random_malformed', opened.detail)
  }

  async #export(
    purpose: KeyPurpose,
    { ids, dukpt }: Generation,
    krd: X509Certificate,
    freshness: Freshness,
    crl: Uint8Array,
  ): Promise<{ token: string; kcv: string }> {
    const id = fromHex(ids[purpose])
    const header = initialKeyHeader(purpose, DUKPT_SCHEMES[dukpt], id)
    const { token, kcv } = await this.#context.keys.exportInitialKey({
      purpose,
      dukpt,
      id,
      header,
      krd,
      freshness,
      crl,
    })
    return { token: Buffer.from(token).toString('base64'), kcv: toHex(kcv) }
  }
}
