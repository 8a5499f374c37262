import type { IncomingPayment } from '../backend/incoming-payments.ts'

/** Rafiki's filter of a text; an empty or missing list filters nothing. */
export interface FilterString {
  in?: readonly string[] | null
  notIn?: readonly string[] | null
}

/** Filter of incoming payments by who has asked for them. */
export type InitiatedBy = { initiatedBy?: FilterString | null } | null

/** Whether `value` passes `filter`. */
export function passes(value: string, filter: FilterString | null | undefined): boolean {
  const wanted = filter?.in?.length ? filter.in.includes(value) : true
  return wanted && !(filter?.notIn ?? []).includes(value)
}

/** For `filter`: incoming payments that were made for a card, or by the Admin API. */
export function initiatedAs(filter: InitiatedBy | undefined): (payment: IncomingPayment) => boolean {
  return ({ card }) => passes(card ? 'CARD' : 'ADMIN', filter?.initiatedBy)
}
