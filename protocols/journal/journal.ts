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

/** How an EMV kernel ended. Values of data objects are upper-case hexadecimal. */
export interface KernelEnd {
  name: 'contact' | 'contactless'
  /** EMV Contactless Book A, 6.2, in one word: `OnlineRequest`. */
  outcome: string
  reason: string
  /** 95, 5 bytes. */
  tvr: string
  /** 9B, 2 bytes. */
  tsi: string
  /** 9F34, 3 bytes; null when the transaction did not come so far. */
  cvmResults: string | null
  /** Issuer Script Results, 5 bytes each. */
  scriptResults: readonly string[]
  /** What a contactless reader says beside; null of a contact kernel. */
  contactless: ContactlessEnd | null
}

/** What EMV Contactless Book A, 6, adds to an outcome. */
export interface ContactlessEnd {
  /** Null when no kernel came so far. */
  mode: 'EMV' | 'mag-stripe' | null
  /** What the kernel said before anybody was asked: `ONLINE REQUEST`. */
  status: string
  /** What the reader shows, in order. */
  messages: readonly string[]
  /** What the cardholder has to do: `ONLINE PIN`; `none` when the kernel did not decide. */
  cvm: string
  /** Where Entry Point starts again: A to D, or `none`. */
  start: string
  receipt: boolean
  /** `L2 STATUS BYTES 6985`, or `no error`. */
  error: string
  /** Minor units; null when the card told none. */
  balance: string | null
  /** DF8129, 8 bytes. */
  outcomeParameters: string
  /** DF8116, 22 bytes; null when nothing is shown. */
  userInterface: string | null
  /** DF8115, 6 bytes. */
  errorIndication: string
}

/** One thing that passed a socket. Durations are microseconds. */
export type JournalEvent = Passed & {
  /** Id of the tap that it belongs to, a UUID; where a party does not know it, its own id of the payment, until {@link correlate} finds the tap. */
  correlation?: string
}

type Passed =
  | { kind: 'apdu'; reader: string; command: string; response: string | null; us: number; error?: string }
  | {
      kind: 'hsm'
      operation: string
      mechanism: string
      key: string
      where: 'in token' | 'clear in signer'
      /** Name of the token whose signer answered; empty when none did. */
      token: string
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
      /** From its coming to the verdict; of an event that is worked on after its answer, the answer included. */
      us: number
    }
  | { kind: 'terminal'; step: string; detail: string }
  | ({ kind: 'kernel' } & KernelEnd)
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
  /** True while nothing is kept, so that writers need not prepare what they would record. */
  readonly silent?: boolean
  /** `at`: when the event ended, in microseconds of the clock that the journal was made with; now, when left out. */
  record(event: JournalEvent, at?: number): void
}

/** A journal for runs that measure: takes everything, keeps nothing. */
export const silentJournal: Journal = { silent: true, record() {} }
