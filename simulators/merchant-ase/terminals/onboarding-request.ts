import { z } from 'zod'
import { refuse } from './trust-answer.ts'

const text = z.string().regex(/^[A-Za-z0-9 ._-]{1,40}$/, 'expected 1 to 40 letters, digits, blanks, or . _ -')
const bytes = z
  .base64()
  .max(16_384)
  .transform((value) => new Uint8Array(Buffer.from(value, 'base64')))

/** Body of `POST /onboarding`; bytes are base64. */
export const onboardingRequest = z.object({
  serial: text,
  model: text,
  activationCode: z.string().min(8).max(64),
  /** PKCS #10, DER. */
  signingRequest: bytes,
  receivingRequest: bytes,
  /** The manufacturer's certificate, DER, and the device's signature over its statement. */
  attestation: z.object({ certificate: bytes, signature: bytes }),
})

export type OnboardingRequest = z.infer<typeof onboardingRequest>

/** Reads a body, by any schema; what is wrong with it is named by key, without its values. */
export function readBody<T>(schema: z.ZodType<T>, body: string): T {
  const read = schema.safeParse(parsed(body))
  if (read.success) return read.data
  return refuse(
    'request_malformed',
    read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  )
}

export function readOnboardingRequest(body: string): OnboardingRequest {
  return readBody(onboardingRequest, body)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return refuse('request_malformed', 'body is not JSON')
  }
}
