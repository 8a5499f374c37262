import { Refused } from '../../../protocols/verdict/verdict.ts'

/** Every reason for which the office refuses what the merchant ASE's people ask for, with the HTTP status that says so. */
export const OFFICE_REASONS = {
  request_malformed: { status: 400, text: 'request does not have the form of the API' },
  secret_wrong: { status: 401, text: 'bearer secret is missing or wrong' },
  merchant_unknown: { status: 404, text: 'merchant is not registered' },
  merchant_exists: { status: 409, text: 'merchant is registered already' },
  merchant_without_wallet: { status: 409, text: 'merchant has no wallet address yet' },
  merchant_state_wrong: { status: 409, text: 'merchant cannot come there from the state it is in' },
  terminals_not_onboarded: { status: 409, text: 'this merchant ASE onboards no terminals' },
  terminal_unknown: { status: 404, text: 'terminal is not in service' },
} as const satisfies Record<string, { status: number; text: string }>

export type OfficeReason = keyof typeof OFFICE_REASONS

/** Ends a request with a reason. `detail` names no secret. */
export function refuse(reason: OfficeReason, detail?: string): never {
  const { text } = OFFICE_REASONS[reason]
  throw new Refused(reason, detail === undefined ? text : `${text}: ${detail}`)
}
