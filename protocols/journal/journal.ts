/** Who spoke or was spoken to; the names of the sockets. */
export type Party =
  | 'card'
  | 'pos'
  | 'merchant-ase'
  | 'customer-ase'
  | 'rafiki-merchant'
  | 'rafiki-customer'
  | 'hsm'
  | 'bench'

/** One thing that passed a socket. Durations are microseconds. */
export type JournalEvent =
  | { kind: 'apdu'; reader: string; command: string; response: string | null; us: number; error?: string }
  | {
      kind: 'hsm'
      operation: string
      mechanism: string
      key: string
      where: 'in token' | 'clear in signer'
      us: number
      result: string
    }
  | {
      kind: 'http'
      from: Party
      to: Party
      method: string
      url: string
      status: number | null
      requestHeaders: Record<string, string>
      requestBody: unknown
      responseBody: unknown
      us: number
      error?: string
    }
  | {
      kind: 'webhook'
      to: Party
      type: string
      id: string
      verdict: 'taken' | 'duplicate' | 'refused'
      reason?: string
      body: unknown
    }
  | { kind: 'terminal'; step: string; detail: string }
  | {
      kind: 'decision'
      party: Party
      word: 'approved' | 'declined' | 'failed'
      code: string | null
      reason: string | null
      facts: Record<string, string>
    }
  | { kind: 'fact'; party: Party; text: string }

/** A {@link JournalEvent} with the moment it ended, in microseconds since the journal began. */
export type JournalEntry = JournalEvent & { at: number }

/** The one append-only record of a scenario. Writers hand over events without PAN, key or PIN: redaction is at the source. */
export interface Journal {
  /** `at`: when the event ended, in microseconds of the clock that the journal was made with; now, when left out. */
  record(event: JournalEvent, at?: number): void
}

/** A journal for runs that measure: takes everything, keeps nothing. */
export const silentJournal: Journal = { record() {} }
