import type { Journal } from '../../../protocols/journal/journal.ts'
import { APPROVED, because, type Outcome } from '../../../protocols/outcome/outcome.ts'
import { HttpError } from '../../common/http-client.ts'
import { type RafikiAdmin, RafikiAdminError } from '../../common/rafiki-admin.ts'
import { completedPayments, type Paid } from './completed-payments.ts'
import type { PaymentBook, Unfinished } from './payment-book.ts'

export interface FormerRunOptions {
  book: PaymentBook
  admin: Pick<RafikiAdmin, 'run'>
  journal: Journal
  /** How far Rafiki's clock may be behind, in ms. */
  skewMs: number
}

const ABANDONED = because('payment_not_completed', 'the merchant ASE stopped meanwhile')

/**
 * What a former run of the program left without an outcome. The money tells: a payment is approved when Rafiki has an incoming payment of its
 * amount that was completed since then and belongs to no other payment. Rafiki's payments have no link to requests, so where fewer have come
 * than payments wait for one, none of these can be told from the others, and they are abandoned, as are all when Rafiki does not answer.
 */
export class FormerRun {
  readonly #options: FormerRunOptions

  constructor(options: FormerRunOptions) {
    this.#options = options
  }

  /** Ends each by `end`, before anything new is begun. */
  async settle(end: (payment: Unfinished, outcome: Outcome) => Promise<unknown>): Promise<void> {
    const groups = grouped(await this.#options.book.unfinished())
    const abandoned: Unfinished[] = []
    for (const payments of groups) {
      const isPaid = await this.#arePaid(payments)
      for (const payment of payments) await end(payment, isPaid ? APPROVED : ABANDONED)
      if (!isPaid) abandoned.push(...payments)
    }
    const count = abandoned.length
    if (count > 0) this.#note(`${count} payments of a former run have no outcome: reconcile`)
  }

  /** Whether all of these, which nobody can tell apart, have their money. */
  async #arePaid(payments: readonly Unfinished[]): Promise<boolean> {
    const [first] = payments
    if (first === undefined) return false
    if (first.credited) return true
    const paid = await this.#paidSince(first)
    if (paid.length === 0) return false
    const known = await this.#options.book.knownIncoming(paid.map(({ id }) => id))
    return paid.filter(({ id }) => !known.has(id)).length >= (await this.#options.book.awaiting(first))
  }

  async #paidSince({ receiverId, amount, assetCode, createdAt }: Unfinished): Promise<readonly Paid[]> {
    if (receiverId === null) return []
    try {
      const since = createdAt - this.#options.skewMs
      const completed = await completedPayments(this.#options.admin, receiverId, since)
      return completed.filter((paid) => paid.value === amount && paid.assetCode === assetCode)
    } catch (error) {
      if (!(error instanceof HttpError || error instanceof RafikiAdminError)) throw error
      this.#note(`what became of payments of a former run cannot be told: Rafiki, ${error.message}`)
      return []
    }
  }

  #note(text: string): void {
    this.#options.journal.record({ kind: 'fact', party: 'merchant-ase', text })
  }
}

/** Those that cannot be told apart together, the oldest first. */
function grouped(payments: readonly Unfinished[]): Iterable<readonly Unfinished[]> {
  const groups = new Map<string, Unfinished[]>()
  for (const payment of payments) groups.set(alike(payment), [...(groups.get(alike(payment)) ?? []), payment])
  return groups.values()
}

function alike({ receiverId, amount, assetCode, credited }: Unfinished): string {
  return [receiverId, amount, assetCode, credited].join()
}
