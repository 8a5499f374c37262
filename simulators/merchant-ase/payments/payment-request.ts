import { z } from 'zod'
import { AES_DUKPT } from '../../../protocols/dukpt/aes.ts'
import { schemeOfKsn } from '../../../protocols/dukpt/schemes.ts'

const hex = (digits: number) =>
  z
    .string()
    .regex(/^([0-9A-Fa-f]{2})+$/, 'expected hexadecimal')
    .max(digits)

// AES DUKPT has 12 bytes, TDES DUKPT 10.
const aesKsn = z.string().regex(/^[0-9A-Fa-f]{24}$/, 'expected 12 bytes in hexadecimal')
const ksn = z.string().regex(/^[0-9A-Fa-f]{20}([0-9A-Fa-f]{4})?$/, 'expected 12 or 10 bytes in hexadecimal')

/** CBC under the terminal's SRED key: initial vector and at least a block, whole blocks of the key's cipher. */
const account = z.object({ ksn, data: hex(512) }).refine(isWhole, {
  path: ['data'],
  message: "expected two or more whole blocks of the key's cipher",
})

/** A PIN block of ISO 9564-1 under the terminal's PIN key. */
const pin = z.discriminatedUnion('format', [
  z.object({ ksn: aesKsn, format: z.literal(4), pinBlock: hex(32).length(32) }),
  z.object({ ksn, format: z.literal(0), pinBlock: hex(16).length(16) }),
])

/** Body of `POST /payments`. `payload` (template 77) and `signature` (9F26) are the issuer's to read: here they are opaque. */
export const paymentRequest = z
  .object({
    requestId: z.uuid(),
    signature: hex(512),
    payload: hex(8192),
    amount: z.object({
      // 9F02 has 12 digits, and Rafiki takes no payment of nothing
      value: z.string().regex(/^[1-9]\d{0,11}$/, 'expected 1 to 12 digits, not beginning with 0'),
      assetCode: z.string().regex(/^[A-Z]{3,6}$/, 'expected 3 to 6 capitals'),
      assetScale: z.number().int().min(0).max(18),
    }),
    senderWalletAddress: z.url({ protocol: /^https?$/ }).max(2048),
    timestamp: z.number().int().nonnegative(),
    account: account.optional(),
    pin: pin.optional(),
  })
  .refine((request) => request.pin === undefined || request.account !== undefined, {
    path: ['account'],
    message: 'expected it beside "pin", it is missing',
  })
  // The same for JSON Schema.
  .meta({ anyOf: [{ required: ['account'] }, { not: { required: ['pin'] } }] })

export type PaymentRequest = z.infer<typeof paymentRequest>

export type ReadRequest =
  | { ok: true; request: PaymentRequest }
  | { ok: false; requestId: string | null; what: string }

/** Reads a body; what is wrong with it is named by key, without its values. */
export function readPaymentRequest(body: string): ReadRequest {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return { ok: false, requestId: null, what: 'body is not JSON' }
  }
  const read = paymentRequest.safeParse(json)
  if (read.success) return { ok: true, request: read.data }
  return { ok: false, requestId: requestIdOf(json), what: read.error.issues.map(describe).join('; ') }
}

function isWhole({ ksn, data }: { ksn: string; data: string }): boolean {
  const { blockBytes } = schemeOfKsn({ length: ksn.length / 2 }) ?? AES_DUKPT
  const blocks = data.length / 2 / blockBytes
  return Number.isInteger(blocks) && blocks >= 2
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}

function requestIdOf(json: unknown): string | null {
  const read = z.object({ requestId: z.uuid() }).safeParse(json)
  return read.success ? read.data.requestId : null
}
