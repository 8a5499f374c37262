import { createHmac, timingSafeEqual } from 'node:crypto'
import canonicalize from 'canonicalize'

/** What a party needs to sign as, or check, one side of a Rafiki instance. */
export interface RafikiSecret {
  /** Shared secret, as configured in Rafiki (`SIGNATURE_SECRET` for webhooks, `ADMIN_API_SECRET` for the Admin API). */
  secret: string
  /** Version number in the header, `v<version>=`. */
  version: number
}

/** What a `t=<ms>, v<version>=<hex>` header was worth. */
export type RafikiSignatureVerdict =
  | { valid: true; timestamp: number; digest: string }
  | { valid: false; reason: 'missing' | 'malformed' | 'version' | 'digest' }

/**
 * Header value `t=<ms>, v<version>=<hex HMAC-SHA256(secret, "<ms>." + JCS(body))>` that Rafiki puts in `Rafiki-Signature` (webhooks) and
 * expects in `signature` (Admin API). JCS is RFC 8785.
 */
export function signRafiki(body: unknown, { secret, version }: RafikiSecret, timestamp: number): string {
  return `t=${timestamp}, v${version}=${digestOf(body, secret, timestamp)}`
}

/** Checks a header made by {@link signRafiki}. Age is the caller's business: `timestamp` is returned, not judged. */
export function verifyRafiki(
  body: unknown,
  header: string | undefined,
  { secret, version }: RafikiSecret,
): RafikiSignatureVerdict {
  if (header === undefined || header === '') return { valid: false, reason: 'missing' }
  const parts = /^t=(\d{1,16}), ?v(\d{1,4})=([0-9a-f]{64})$/.exec(header)
  if (parts === null) return { valid: false, reason: 'malformed' }
  const [, time, headerVersion, digest = ''] = parts
  if (Number(headerVersion) !== version) return { valid: false, reason: 'version' }
  const expected = digestOf(body, secret, Number(time))
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(digest))) return { valid: false, reason: 'digest' }
  return { valid: true, timestamp: Number(time), digest }
}

function digestOf(body: unknown, secret: string, timestamp: number): string {
  return createHmac('sha256', secret)
    .update(`${timestamp}.${canonicalize(body)}`)
    .digest('hex')
}
