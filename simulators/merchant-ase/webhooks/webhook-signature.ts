import { type RafikiSecret, verifyRafiki } from '../../../protocols/signatures/rafiki.ts'

const REASONS = {
  missing: 'no signature',
  malformed: 'signature cannot be read',
  version: 'signature has another version',
  digest: 'signature is wrong',
} as const

/** Why a webhook is not Rafiki's, or null when it is. Older or newer than `windowMs` is a refusal too: a recording stays valid for ever. */
export function signatureFault(
  body: unknown,
  header: string | undefined,
  secret: RafikiSecret,
  { now, windowMs }: { now: number; windowMs: number },
): string | null {
  const verdict = verifyRafiki(body, header, secret)
  if (!verdict.valid) return REASONS[verdict.reason]
  return Math.abs(now - verdict.timestamp) > windowMs ? 'signature is outside its window' : null
}
