import type { Word } from '../../protocols/outcome/outcome.ts'
import type { Books, IssuerEntry, MerchantPayment } from './books.ts'
import type { IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'

/** One payment, as far as the parties' entries can be brought together: null is a party that has none. */
export interface Case {
  /** Null also when no terminal was asked. */
  tap: Word | null
  payment: MerchantPayment | null
  incoming: IncomingPayment | null
  /** Whether the merchant ASE itself says that this money belongs to this payment. */
  credited: boolean
  outgoing: readonly Sent[]
}

export interface Sent {
  payment: OutgoingPayment
  entry: IssuerEntry | null
}

/** Incoming payments are made after the request for them; clocks of two machines may differ by so much. */
const CLOCKS_MS = 5_000

/**
 * Brings together what belongs to one payment: terminal and merchant ASE by the request's id, merchant ASE and incoming payment by what the ASE
 * has credited, or else by wallet address, amount and time, since Rafiki tells no ASE of which request its money is; incoming and outgoing
 * payment by URL, outgoing payment and customer ASE by id. Every entry is in exactly one case, but for those of `entries` whose outgoing
 * payment is in no book: they are told apart by {@link strays}.
 */
export function casesOf(books: Books): Case[] {
  const sent = sentByReceiver(books)
  const taken = new Set<string>()
  const cases: Case[] = []
  const add = (one: Omit<Case, 'outgoing'>) => {
    const id = one.incoming?.id
    if (id !== undefined) taken.add(id)
    cases.push({ ...one, outgoing: (id !== undefined && sent.get(id)) || [] })
  }
  for (const each of paymentsWithMoney(books)) add(each)
  const orphans = books.incoming.filter(({ id }) => !taken.has(id))
  for (const incoming of orphans) add({ tap: null, payment: null, incoming, credited: false })
  for (const [receiver, outgoing] of sent)
    if (!taken.has(receiver))
      cases.push({ tap: null, payment: null, incoming: null, credited: false, outgoing })
  return cases
}

/** The customer ASE's entries about payments that its Rafiki does not have. */
export function strays({ outgoing, entries }: Books): IssuerEntry[] {
  const known = new Set(outgoing.map(({ id }) => id))
  return entries.filter(({ outgoingPaymentId }) => !known.has(outgoingPaymentId))
}

function paymentsWithMoney({ taps, payments, incoming }: Books): Omit<Case, 'outgoing'>[] {
  const words = new Map(taps.map(({ requestId, word }) => [requestId, word]))
  const byId = new Map(incoming.map((one) => [one.id, one]))
  const credited = new Set(payments.map(({ incomingPaymentId }) => incomingPaymentId))
  const free = new Free(incoming.filter(({ id }) => !credited.has(id)))
  const cases = inOrderOfClaim(payments).map((payment) => {
    const own = byId.get(payment.incomingPaymentId ?? '') ?? null
    const tap = words.get(payment.requestId) ?? null
    words.delete(payment.requestId)
    return { tap, payment, incoming: own ?? free.take(payment), credited: own !== null }
  })
  const alone = [...words.values()].map((tap) => ({ tap, payment: null, incoming: null, credited: false }))
  return [...cases, ...alone]
}

const CLAIM: Record<Word, number> = { Approved: 0, Failed: 2, Declined: 3 }

/** Who has been told that the money came gets it first, then who waits for it; the older before the younger. */
function inOrderOfClaim(payments: readonly MerchantPayment[]): MerchantPayment[] {
  const claim = ({ word }: MerchantPayment) => (word === null ? 1 : CLAIM[word])
  return payments.toSorted((one, other) => claim(one) - claim(other) || one.createdAt - other.createdAt)
}

/** Incoming payments that nobody has been credited with: with money first, then by age. */
class Free {
  readonly #byPlace = new Map<string, IncomingPayment[]>()

  constructor(incoming: readonly IncomingPayment[]) {
    for (const one of incoming) {
      const key = placeOf(one.walletAddressId, one.assetCode, one.expected ?? one.received)
      const there = this.#byPlace.get(key)
      if (there === undefined) this.#byPlace.set(key, [one])
      else there.push(one)
    }
    for (const there of this.#byPlace.values())
      there.sort(
        (one, other) =>
          Number(other.received > 0n) - Number(one.received > 0n) || one.createdAt - other.createdAt,
      )
  }

  take({ receiverId, assetCode, amount, createdAt }: MerchantPayment): IncomingPayment | null {
    const there = this.#byPlace.get(placeOf(receiverId ?? '', assetCode, amount)) ?? []
    const index = there.findIndex((one) => one.createdAt >= createdAt - CLOCKS_MS)
    return index < 0 ? null : (there.splice(index, 1)[0] ?? null)
  }
}

function placeOf(walletAddressId: string, assetCode: string, amount: bigint): string {
  return `${walletAddressId} ${assetCode} ${amount}`
}

function sentByReceiver({ outgoing, entries }: Books): Map<string, Sent[]> {
  const entryOf = new Map(entries.map((entry) => [entry.outgoingPaymentId, entry]))
  const sent = new Map<string, Sent[]>()
  for (const payment of outgoing) {
    const one = { payment, entry: entryOf.get(payment.id) ?? null }
    const there = sent.get(payment.receiver)
    if (there === undefined) sent.set(payment.receiver, [one])
    else there.push(one)
  }
  return sent
}
