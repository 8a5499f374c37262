import type { KernelEnd } from '../../protocols/journal/journal.ts'
import type { Outcome } from '../../protocols/outcome/outcome.ts'
import type { ApduRecord } from './card-session.ts'
import type { SentRequest } from './payment-request.ts'

/** Everything a tap left behind; null where it did not come so far. */
export interface TapResult {
  /** The tap's own id, a UUID: the request's too, and what journal entries of this tap carry. */
  correlation: string
  outcome: Outcome
  card: {
    /** Upper-case hexadecimal. */
    aid: string | null
    label: string | null
    /** `https://…` */
    walletAddress: string | null
    /** Truncated. */
    pan: string | null
  }
  /** Upper-case hexadecimal. */
  emv: {
    atc: string | null
    cid: string | null
    cryptogram: string | null
    unpredictableNumber: string | null
  }
  /** How an EMV kernel ended; null when none ran. */
  kernel: KernelEnd | null
  /** Template 77, upper-case hexadecimal. */
  payload: string | null
  requestId: string | null
  /** What the request asked for. */
  amount: { value: string; assetCode: string; assetScale: number } | null
  /** The request that went out. */
  request: SentRequest | null
  /** Redacted. */
  apdus: ApduRecord[]
  /** Microseconds. */
  timings: { cardUs: number; posApiUs: number; totalUs: number }
}

/** A tap of which nothing has happened yet, but its end. */
export function emptyResult(outcome: Outcome, correlation: string): TapResult {
  return {
    correlation,
    outcome,
    card: { aid: null, label: null, walletAddress: null, pan: null },
    emv: { atc: null, cid: null, cryptogram: null, unpredictableNumber: null },
    kernel: null,
    payload: null,
    requestId: null,
    amount: null,
    request: null,
    apdus: [],
    timings: { cardUs: 0, posApiUs: 0, totalUs: 0 },
  }
}
