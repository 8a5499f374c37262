import type { Outcome, ReasonCode } from '../../../protocols/outcome/outcome.ts'

/** What the POS API answers, always JSON. */
export interface PaymentAnswer {
  status: number
  body: { requestId: string | null; outcome: string; code: string | null; reason: string | null }
}

// 200 whenever the request was processed, whatever came of it.
const STATUS: Partial<Record<ReasonCode, number>> = {
  request_malformed: 400,
  request_signature_wrong: 401,
  request_outside_window: 401,
  request_replayed: 401,
  certificate_missing: 401,
  certificate_refused: 403,
  certificate_not_terminals: 403,
  terminal_unknown: 403,
  terminal_overdue: 403,
}

/** Every status that a payment is answered with; 500 is a merchant ASE that broke. */
export const PAYMENT_STATUSES: readonly number[] = [...new Set([200, ...Object.values(STATUS), 500])]

export function answer(requestId: string | null, { word, code, reason }: Outcome): PaymentAnswer {
  const status = code === null ? 200 : (STATUS[code] ?? 200)
  return { status, body: { requestId, outcome: word, code, reason } }
}
