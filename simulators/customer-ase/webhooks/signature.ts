import { type RafikiSecret, verifyRafiki } from '../../../protocols/signatures/rafiki.ts'

// Clocks of two machines differ a little; more than this is no accident.
const AHEAD_MS = 60_000

/** Why a webhook with this `Rafiki-Signature` is refused, or null when it is taken. */
export function webhookFault(
  body: unknown,
  header: string | string[] | undefined,
  { secret, now, windowMs }: { secret: RafikiSecret; now: number; windowMs: number },
): string | null {
  const verdict = verifyRafiki(body, Array.isArray(header) ? header.join(', ') : header, secret)
  if (!verdict.valid) return `signature ${verdict.reason}`
  const age = now - verdict.timestamp
  return age > windowMs || age < -AHEAD_MS ? 'signature outside window' : null
}
