import {
  APPROVED,
  because,
  type Outcome,
  REASONS,
  type ReasonCode,
} from '../../../protocols/outcome/outcome.ts'
import type { DataStore } from './data-store.ts'

/** How a kernel ends, EMV Contactless Book A, 6.2 (Final Outcomes); a contact kernel uses the ones that it has a meaning for. */
export type KernelOutcome =
  | 'Approved'
  | 'Declined'
  | 'OnlineRequest'
  | 'TryAnotherInterface'
  | 'SelectNext'
  | 'TryAgain'
  | 'EndApplication'

/** The card's last cryptogram, upper-case hexadecimal. */
export interface KernelCryptogram {
  /** 9F27. */
  cid: string
  /** 9F36. */
  atc: string
  /** 9F26. */
  ac: string
  /** 9F10; null when the card gave none. */
  iad: string | null
}

/** Everything a kernel leaves behind. Hexadecimal is upper case. */
export interface KernelResult {
  outcome: KernelOutcome
  /** Why, in words; it names tags and status words, never values. */
  reason: string
  /** The same for whoever pays: null exactly when approved or asking to go online. */
  code: ReasonCode | null
  /** 95, 5 bytes. */
  tvr: string
  /** 9B, 2 bytes. */
  tsi: string
  /** 9F34, 3 bytes; null when the transaction did not come so far. */
  cvmResults: string | null
  cryptogram: KernelCryptogram | null
  /** Issuer Script Results, 5 bytes each (EMV 4.4 Book 4, A5). */
  scriptResults: string[]
  data: DataStore
}

/** A kernel's end by an outcome of a step: the card was removed, answered wrongly, has nothing in common with the terminal. */
export function endOf({ word, code, reason }: Outcome): Pick<KernelResult, 'outcome' | 'reason' | 'code'> {
  return {
    outcome: word === 'Declined' ? 'Declined' : 'EndApplication',
    reason: reason ?? 'approved',
    code,
  }
}

/** The terminal's word for a kernel's end. A cryptogram that nobody was asked about is one of a card that no issuer knows. */
export function outcomeOf({
  outcome,
  code,
  reason,
}: Pick<KernelResult, 'outcome' | 'reason' | 'code'>): Outcome {
  if (outcome === 'Approved') return APPROVED
  if (code === null) return because('issuer_unknown')
  const { word, text } = REASONS[code]
  if (reason === text) return because(code)
  // A step's own outcome has its details already.
  return reason.startsWith(`${text} (`) ? { word, code, reason } : because(code, reason)
}
