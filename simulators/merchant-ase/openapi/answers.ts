import { z } from 'zod'
import { TRUST_REASONS, type TrustReason } from '../../../protocols/onboarding/reasons.ts'
import { REASONS, type ReasonCode, type Word } from '../../../protocols/outcome/outcome.ts'

const der = z.base64()
const requestId = z.uuid().nullable().describe('Of the request; null when it could not be read')

/** What `POST /payments` is answered, whatever the status. */
export const paymentAnswer = z.discriminatedUnion('outcome', [
  z.strictObject({ requestId, outcome: z.literal('Approved'), code: z.null(), reason: z.null() }),
  ended('Declined', 'A card, an issuer or a policy said no'),
  ended('Failed', 'Something broke, was forged or did not answer'),
])

const minorUnits = z
  .string()
  .regex(/^-?\d+$/)
  .describe('Minor units')
const sum = z.strictObject({ count: z.number().int().min(0), value: minorUnits })

export const standing = z.strictObject({
  requestId: z.uuid(),
  state: z
    .enum(['unknown', 'under way', 'ended'])
    .describe('unknown: no such payment of this terminal; under way: it has no outcome yet'),
  outcome: z.enum(['Approved', 'Declined', 'Failed']).nullable(),
  code: z.enum(Object.keys(REASONS) as ReasonCode[]).nullable(),
  reason: z.string().nullable(),
  amount: z.strictObject({ value: minorUnits, assetCode: z.string() }).nullable(),
  received: z.boolean().describe('Whether the money has come, perhaps after the terminal was told Failed'),
  reversed: z.boolean(),
  refunds: z.array(
    z.strictObject({ id: z.uuid(), value: minorUnits, state: z.enum(['pending', 'completed', 'failed']) }),
  ),
})

export const dayAnswer = z.strictObject({
  merchantId: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  totals: z.array(
    z.strictObject({
      assetCode: z.string(),
      approved: sum,
      declined: z.number().int().min(0),
      failed: z.number().int().min(0),
      late: sum.describe('Money that came although the terminal was told Failed'),
      refunded: sum,
      net: minorUnits,
    }),
  ),
})

/** What is answered to a request for trust that is refused. */
export const refusal = z.strictObject({
  refused: z.enum(Object.keys(TRUST_REASONS) as TrustReason[]),
  detail: z.string(),
})

export const broken = z.strictObject({ error: z.string() })

export const onboardingAnswer = z.strictObject({
  terminalId: z.string().describe('`keyid` of the signatures from now on'),
  certificates: z.strictObject({ signing: der, receiving: der }).describe('X.509, DER'),
  issuers: z.array(der).describe('X.509, DER, up to the root'),
  crl: der.describe('DER'),
  host: der.describe("The key distribution host's credential token (TR-34:2019, B.6)"),
})

const generation = z.number().int().min(1)
const dueAt = z.number().nullable().describe('Milliseconds since 1970; null: never')

export const keysAnswer = z.strictObject({
  generation,
  tokens: z.strictObject({ PIN: der, SRED: der }).describe('Key tokens of TR-34, DER'),
})

export const confirmedAnswer = z.strictObject({ generation, dueAt })

export const statusAnswer = z.strictObject({
  generation: generation.nullable(),
  dueAt,
  rotationDue: z.boolean(),
})

export const configurationAnswer = z.strictObject({
  content: z.base64().describe('JSON that is signed'),
  signature: z.base64(),
  signer: der,
  crl: der,
})

function ended(word: Exclude<Word, 'Approved'>, description: string) {
  const codes = (Object.keys(REASONS) as ReasonCode[]).filter((code) => REASONS[code].word === word)
  return z
    .strictObject({ requestId, outcome: z.literal(word), code: z.enum(codes), reason: z.string() })
    .describe(description)
}
