import { z } from 'zod'
import { TRUST_REASONS } from '../../../protocols/onboarding/reasons.ts'
import { dayRequest, paymentReference, refundRequest } from '../payments/after-requests.ts'
import { PAYMENT_STATUSES } from '../payments/answer.ts'
import { paymentRequest } from '../payments/payment-request.ts'
import { configurationRequest } from '../terminals/configuration-desk.ts'
import { confirmation, keyRequest } from '../terminals/key-desk.ts'
import { onboardingRequest } from '../terminals/onboarding-request.ts'
import {
  broken,
  configurationAnswer,
  confirmedAnswer,
  dayAnswer,
  keysAnswer,
  onboardingAnswer,
  paymentAnswer,
  refusal,
  standing,
  statusAnswer,
} from './answers.ts'

/** One `POST` of the POS API. */
export interface Operation {
  summary: string
  description: string
  request: z.ZodType
  /** Whether the request is signed by the terminal (RFC 9421); else it proves itself in the body. */
  signed: boolean
  /** Schema of the answer, by HTTP status. */
  answers: Readonly<Record<number, z.ZodType>>
}

const trustStatuses = Object.values(TRUST_REASONS).map(({ status }) => status)
const refusals = Object.fromEntries(trustStatuses.map((status) => [status, refusal]))
const payments = Object.fromEntries(PAYMENT_STATUSES.map((status) => [status, paymentAnswer]))
const after = (answer: z.ZodType) => ({ ...payments, 200: answer })
const trust = (answer: z.ZodType) => ({ ...refusals, 200: answer, 500: broken })

/** Path → what terminals post there. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/payments': {
    summary: 'Asks for the money of a tap',
    description:
      'The same `requestId` with the same body is the same payment, and is answered alike: send it again, freshly signed, when no answer came. 200 whenever the request was processed, whatever came of it.',
    request: paymentRequest,
    signed: true,
    answers: payments,
  },
  '/payments/status': {
    summary: 'Asks what became of a payment',
    description: 'By the terminal that has made it.',
    request: paymentReference,
    signed: true,
    answers: after(standing),
  },
  '/payments/reversal': {
    summary: 'Lets a payment count for nothing, whatever became or becomes of it',
    description: 'Its money is given back, also when it comes later. Saying so again changes nothing.',
    request: paymentReference,
    signed: true,
    answers: after(standing),
  },
  '/payments/refund': {
    summary: 'Gives money of a payment back',
    description:
      'The same `requestId` again is the same refund. Without an amount all that is left is given back.',
    request: refundRequest,
    signed: true,
    answers: payments,
  },
  '/payments/day': {
    summary: "Asks for the merchant's totals of a time, by currency",
    description:
      'Of all terminals of the merchant; payments begun from `from` on and before `to`, ms since 1970.',
    request: dayRequest,
    signed: true,
    answers: after(dayAnswer),
  },
  '/onboarding': {
    summary: 'Makes a device a terminal of a merchant',
    description: 'Only over TLS. The same body again is answered again.',
    request: onboardingRequest,
    signed: false,
    answers: trust(onboardingAnswer),
  },
  '/keys': {
    summary: 'Fetches the next keys, in tokens of TR-34',
    description: 'Only over TLS, by an onboarded terminal.',
    request: keyRequest,
    signed: true,
    answers: trust(keysAnswer),
  },
  '/keys/confirm': {
    summary: 'Says that the keys have arrived: they are in use from then on',
    description: 'Only over TLS, by an onboarded terminal. Saying so again changes nothing.',
    request: confirmation,
    signed: true,
    answers: trust(confirmedAnswer),
  },
  '/keys/status': {
    summary: 'Asks which keys are in use, and whether new ones are due',
    description: 'Only over TLS, by an onboarded terminal.',
    request: z.object({}),
    signed: true,
    answers: trust(statusAnswer),
  },
  '/configuration': {
    summary: 'Fetches what the terminal is set up by, signed',
    description: 'Only over TLS, by an onboarded terminal.',
    request: configurationRequest,
    signed: true,
    answers: trust(configurationAnswer),
  },
}
