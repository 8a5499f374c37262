import { z } from 'zod'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { because, type Outcome, REASONS, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import { type HttpAnswer, type HttpCall, type HttpClient, HttpError } from '../../common/http-client.ts'
import { type RafikiAdmin, RafikiAdminError } from '../../common/rafiki-admin.ts'
import type { CardPayment } from './card-payment.ts'

export interface InquiryOptions {
  admin: RafikiAdmin
  http: HttpClient
  journal: Journal
  /** For each question, in ms. */
  timeoutMs: number
}

const WALLET_ADDRESS_BY_URL = 'query ($url: String!) { walletAddressByUrl(url: $url) { id } }'

// Open Payments additional properties are an object of texts in the wallet address document.
const walletAddressDocument = z.object({
  additionalProperties: z.object({ cardDecisions: z.url().optional() }).optional(),
})

const codes = Object.keys(REASONS) as ReasonCode[]

const issuerDecision = z.discriminatedUnion('decision', [
  z.object({ decision: z.literal('approved') }),
  z.object({ decision: z.literal('declined'), code: z.enum(codes), reason: z.string().max(500) }),
])

/**
 * Finds out why a card payment was not approved, since Rafiki says `invalid_request` to everything: whether it knows the receiver, whether
 * the sender exists, and what the issuer decided. `undecided` is the outcome when the issuer never decided.
 */
export class Inquiry {
  readonly #options: InquiryOptions

  constructor(options: InquiryOptions) {
    this.#options = options
  }

  async reasonOf(payment: CardPayment, undecided: Outcome): Promise<Outcome> {
    return (
      (await this.#receiverFault(payment.receiverWalletAddress)) ??
      (await this.#issuersReason(payment, undecided))
    )
  }

  async #receiverFault(url: string): Promise<Outcome | null> {
    try {
      const { walletAddressByUrl } = await this.#options.admin.run<{ walletAddressByUrl: unknown }>(
        WALLET_ADDRESS_BY_URL,
        { url },
      )
      return walletAddressByUrl === null ? because('receiver_unknown') : null
    } catch (error) {
      if (error instanceof HttpError) return because('rafiki_unreachable', 'Admin API')
      if (error instanceof RafikiAdminError)
        return because('payment_not_completed', `Admin API: ${error.code}`)
      throw error
    }
  }

  async #issuersReason(payment: CardPayment, undecided: Outcome): Promise<Outcome> {
    const document = await this.#ask({
      to: 'rafiki-customer',
      method: 'GET',
      url: payment.senderWalletAddress,
      headers: { accept: 'application/json' },
    })
    if (document === null) return because('issuer_unreachable')
    if (document.status === 404) return because('sender_unknown')
    if (document.status !== 200) return because('issuer_unreachable', `HTTP ${document.status}`)
    const url = walletAddressDocument.safeParse(document.body).data?.additionalProperties?.cardDecisions
    return url === undefined ? undecided : this.#decisionAt(url, payment, undecided)
  }

  async #decisionAt(url: string, { payload, timestamp }: CardPayment, undecided: Outcome): Promise<Outcome> {
    const body = { payload, initiatedAt: new Date(timestamp).toISOString() }
    const published = await this.#ask({ to: 'customer-ase', method: 'POST', url, body })
    if (published === null) return because('issuer_unreachable', 'card decisions')
    if (published.status === 404) return undecided
    const { data: decision } = issuerDecision.safeParse(published.body)
    if (published.status !== 200 || decision === undefined)
      return because('payment_not_completed', `issuer's decision cannot be read, HTTP ${published.status}`)
    if (decision.decision === 'approved') return this.#approvedButNotCompleted(body.initiatedAt)
    return { word: REASONS[decision.code].word, code: decision.code, reason: decision.reason }
  }

  #approvedButNotCompleted(initiatedAt: string): Outcome {
    this.#options.journal.record({
      kind: 'fact',
      party: 'merchant-ase',
      text: `issuer approved the payment of ${initiatedAt}, Rafiki did not complete it: the cardholder may have been debited, reconcile`,
    })
    return because('payment_not_completed')
  }

  async #ask(call: Omit<HttpCall, 'timeoutMs'>): Promise<HttpAnswer | null> {
    try {
      return await this.#options.http.call({ ...call, timeoutMs: this.#options.timeoutMs })
    } catch (error) {
      if (error instanceof HttpError) return null
      throw error
    }
  }
}
