import type { JournalEntry, Party } from '../../../protocols/journal/journal.ts'
import { type Interval, lengthOf, minus, union } from './intervals.ts'

/** Where the time of one tap went, in microseconds. The three parts add up to `harness`; the rest of `total` is Rafiki's. */
export interface TapTimes {
  total: number
  harness: number
  /** Before Rafiki is first asked: card, terminal, merchant ASE. */
  before: number
  /** While point-of-sale waits, but Rafiki for the issuer: database, HSM, decision. */
  meanwhile: number
  /** After Rafiki's last word. */
  after: number
}

type Http = Extract<JournalEntry, { kind: 'http' }>

const RAFIKI: readonly Party[] = ['rafiki-merchant', 'rafiki-customer']

/**
 * Where the time of a tap went, by its journal: Rafiki's is the time in which a request is under way at one of its services, without that in
 * which Rafiki itself waits for the issuer. Everything else is the harness's: card, terminal, both ASEs, HSM. Throws for a journal without
 * the issuer's turn, since Rafiki would get its time.
 */
export function timesOf(journal: readonly JournalEntry[], tap: Interval): TapTimes {
  const [begin, end] = tap
  const requests = journal.filter((entry) => entry.kind === 'http' && RAFIKI.includes(entry.to)) as Http[]
  const atRafiki = requests.filter(({ from }) => from !== 'customer-ase').map(spanOf)
  const ofIssuer = requests.filter(({ from }) => from === 'customer-ase').map(spanOf)
  const away = minus(union([...minus(atRafiki, [issuersTurn(journal)]), ...ofIssuer]), outside(tap))
  const [first = begin, last = begin] = [away[0]?.[0], away.at(-1)?.[1]]
  const total = end - begin
  const harness = total - lengthOf(away)
  const [before, after] = [first - begin, end - last]
  return { total, harness, before, meanwhile: harness - before - after, after }
}

/** From the coming of the event that asks the issuer, until it tells Rafiki what it has decided. */
function issuersTurn(journal: readonly JournalEntry[]): Interval {
  const asked = journal.find((entry) => entry.kind === 'webhook' && entry.type === 'outgoing_payment.created')
  const funding = journal.find((entry) => entry.kind === 'http' && isFunding(entry))
  if (asked === undefined || funding === undefined)
    throw new Error(
      'expected the journal of an approved tap to have the event that asked the issuer, and its deposit',
    )
  return [spanOf(asked)[0], spanOf(funding)[0]]
}

function isFunding({ from, requestBody }: Http): boolean {
  return from === 'customer-ase' && JSON.stringify(requestBody).includes('depositOutgoingPaymentLiquidity')
}

function spanOf(entry: JournalEntry): Interval {
  return [entry.at - ('us' in entry ? entry.us : 0), entry.at]
}

function outside([begin, end]: Interval): Interval[] {
  return [
    [Number.NEGATIVE_INFINITY, begin],
    [end, Number.POSITIVE_INFINITY],
  ]
}
