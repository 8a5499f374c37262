import { z } from 'zod'
import { OFFICE_REASONS, type OfficeReason } from '../merchants/office-answer.ts'
import { BODIES } from '../merchants/office-requests.ts'

/** One request of the office's API. */
export interface OfficeOperation {
  method: 'get' | 'post' | 'put'
  path: string
  summary: string
  /** Null when there is no body. */
  request: z.ZodType | null
  answer: z.ZodType
}

const moment = z.number().describe('Milliseconds since 1970')
const merchant = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum(['onboarded', 'active', 'suspended', 'closed']),
  wallets: z.array(
    z.strictObject({
      walletAddress: z.string(),
      walletAddressId: z.string().optional(),
      assetCode: z.string(),
      assetScale: z.number().int(),
      limit: z.string().regex(/^\d+$/).optional().describe('Largest single payment, minor units'),
    }),
  ),
  terminals: z.array(z.string()).describe('Names of its terminals in service'),
})
export const oneMerchant = z.strictObject({ merchant })
const terminal = z.strictObject({
  terminalId: z.string(),
  serial: z.string(),
  model: z.string(),
  state: z.enum(['active', 'decommissioned', 'compromised']),
  certificateEnds: moment,
  generation: z.number().int().nullable(),
  rotationDue: moment.nullable(),
  merchantId: z.string(),
  configuration: z.number().int().nullable().describe('Version of the configuration that it said it has'),
})

/** What the office answers to what it refuses. */
export const officeRefusal = z.strictObject({
  refused: z.enum(Object.keys(OFFICE_REASONS) as OfficeReason[]),
  detail: z.string(),
})

export const OFFICE_REFUSAL_STATUSES = [
  ...new Set(Object.values(OFFICE_REASONS).map(({ status }) => status)),
].sort()

/** What the merchant ASE's own people ask for. */
export const OFFICE_OPERATIONS: readonly OfficeOperation[] = [
  {
    ...{ method: 'get', path: '/merchants', request: null },
    summary: 'Lists the merchants',
    answer: z.strictObject({ merchants: z.array(merchant) }),
  },
  {
    ...{ method: 'post', path: '/merchants', request: BODIES.merchant },
    summary: 'Onboards a merchant, who takes no payment before it is active',
    answer: oneMerchant,
  },
  {
    ...{ method: 'get', path: '/merchants/{id}', request: null },
    summary: 'Shows a merchant',
    answer: oneMerchant,
  },
  {
    ...{ method: 'put', path: '/merchants/{id}/wallets', request: BODIES.wallets },
    summary: 'Replaces currencies, wallet addresses and limits',
    answer: oneMerchant,
  },
  {
    ...{ method: 'put', path: '/merchants/{id}/state', request: BODIES.merchantState },
    summary: 'Activates, suspends or closes a merchant',
    answer: oneMerchant,
  },
  {
    ...{ method: 'post', path: '/merchants/{id}/activation-codes', request: BODIES.code },
    summary: 'Issues a code for one terminal of the merchant',
    answer: z.strictObject({ activationCode: z.string() }),
  },
  {
    ...{ method: 'post', path: '/devices', request: BODIES.device },
    summary: 'Puts a device on the list of those that may become terminals',
    answer: z.strictObject({ serial: z.string(), model: z.string() }),
  },
  {
    ...{ method: 'get', path: '/terminals', request: null },
    summary: 'Lists every terminal that was ever onboarded',
    answer: z.strictObject({ terminals: z.array(terminal) }),
  },
  {
    ...{ method: 'put', path: '/terminals/{id}/settings', request: BODIES.settings },
    summary: 'Decides by which settings a terminal is to work',
    answer: z.strictObject({ version: z.number().int() }),
  },
  {
    ...{ method: 'post', path: '/terminals/{id}/rotation', request: BODIES.rotation },
    summary: 'Makes a rotation due now; in an emergency no key of the terminal is taken before it',
    answer: z.strictObject({ terminalId: z.string() }),
  },
  {
    ...{ method: 'put', path: '/terminals/{id}/state', request: BODIES.terminalState },
    summary: 'Takes a terminal out of service for good',
    answer: z.strictObject({ terminalId: z.string(), state: z.enum(['decommissioned', 'compromised']) }),
  },
]
