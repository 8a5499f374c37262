import type { JournalEntry } from './journal.ts'

/**
 * Gives each entry the id of its tap. Rafiki hands no id on but the card data: what the merchant ASE sends, `signature` and `timestamp`, comes
 * to the issuer as `cardDetails`, together with Rafiki's own ids, so that these ids are the tap's from then on. Entries of nothing known keep
 * what they have.
 */
export function correlate(entries: readonly JournalEntry[]): JournalEntry[] {
  const taps = tapsByCardData(entries)
  const known = new Map(entries.flatMap((entry) => idsOf(entry, taps)))
  return entries.map((entry) => {
    const tap = known.get(entry.correlation ?? '')
    return tap === undefined ? entry : { ...entry, correlation: tap }
  })
}

/** Card data as they were sent to point-of-sale, and whose they are. */
function tapsByCardData(entries: readonly JournalEntry[]): Map<string, string> {
  const taps = new Map<string, string>()
  for (const entry of entries) {
    if (entry.kind !== 'http' || entry.from !== 'merchant-ase' || entry.correlation === undefined) continue
    const { signature, timestamp } = membersOf(entry.requestBody)
    if (typeof timestamp === 'number') taps.set(keyOf(signature, timestamp), entry.correlation)
  }
  return taps
}

/** Rafiki's ids of a payment whose webhook says what card data it was made from, each with the tap. */
function idsOf(entry: JournalEntry, taps: ReadonlyMap<string, string>): [id: string, tap: string][] {
  if (entry.kind !== 'webhook') return []
  const { id, receiver, cardDetails } = membersOf(membersOf(entry.body).data)
  const { requestId, initiatedAt, data } = membersOf(cardDetails)
  const tap = taps.get(keyOf(membersOf(data).signature, Date.parse(String(initiatedAt))))
  if (tap === undefined) return []
  return [id, requestId, String(receiver).split('/').at(-1)].map((one) => [String(one), tap])
}

function keyOf(signature: unknown, timestamp: number): string {
  return `${signature}@${timestamp}`
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
