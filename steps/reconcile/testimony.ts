import { formatMoney } from '../bench/money.ts'
import type { IssuerEntry } from './books.ts'
import type { Case } from './cases.ts'
import type { Asset, IncomingPayment, OutgoingPayment } from './rafiki-payments.ts'

/** What each party says of one payment, in words; a party that says nothing has "nothing known". */
export type Testimony = Readonly<Record<(typeof PARTIES)[number], string>>

export const PARTIES = [
  'terminal',
  'merchant ASE',
  "merchant's Rafiki",
  "customer's Rafiki",
  'customer ASE',
] as const

export const NOTHING = 'nothing known'

export function testimonyOf({ tap, payment, incoming, credited, outgoing }: Case): Testimony {
  return {
    terminal: tap ?? NOTHING,
    'merchant ASE':
      payment === null
        ? NOTHING
        : `${payment.word ?? 'under way'}, ${payment.amount} minor units of ${payment.assetCode}, request ${payment.requestId} of terminal ${payment.terminalId}, ${credited ? 'credited' : 'no money credited'}`,
    "merchant's Rafiki": incoming === null ? NOTHING : incomingSays(incoming),
    "customer's Rafiki": joined(outgoing.map(({ payment }) => outgoingSays(payment))),
    'customer ASE': joined(outgoing.map(({ entry }) => (entry === null ? NOTHING : entrySays(entry)))),
  }
}

/** Of an entry whose payment no other party knows. */
export function strayTestimony(entry: IssuerEntry): Testimony {
  return {
    terminal: NOTHING,
    'merchant ASE': NOTHING,
    "merchant's Rafiki": NOTHING,
    "customer's Rafiki": `no outgoing payment ${entry.outgoingPaymentId}`,
    'customer ASE': entrySays(entry),
  }
}

/** A line for each party. */
export function linesOf(says: Testimony): string[] {
  return PARTIES.map((party) => `${party}: ${says[party]}`)
}

export function incomingSays({ id, state, received, ...asset }: IncomingPayment): string {
  return `incoming payment ${id} ${state}, received ${money(received, asset)}`
}

export function outgoingSays({ id, state, debit, ...asset }: OutgoingPayment): string {
  return `outgoing payment ${id} ${state}, funded with ${money(debit, asset)} at most`
}

function entrySays({ state, ledger, ledgerEntries }: IssuerEntry): string {
  const often = ledgerEntries > 1 ? ` in ${ledgerEntries} entries` : ''
  return `${state ?? 'decision no longer kept'}, debited ${ledger} minor units${often}`
}

function money(value: bigint, { assetCode, assetScale }: Asset): string {
  return formatMoney({ value, currency: assetCode, scale: assetScale })
}

function joined(all: readonly string[]): string {
  return all.length === 0 ? NOTHING : all.join('; ')
}
