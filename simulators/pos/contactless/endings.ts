import type { Outcome } from '../../../protocols/outcome/outcome.ts'
import { type ErrorIndication, NO_ERROR } from './error-indication.ts'
import { NO_OUTCOME, type OutcomeParameterSet } from './outcome-parameters.ts'
import { showing, type UserInterfaceRequest } from './user-interface.ts'

/** How kernel 2 ends: the three objects of its OUT signal (Book C-2, 2.2.3), and why in words. */
export interface Ending {
  parameters: OutcomeParameterSet
  userInterface: UserInterfaceRequest | null
  error: ErrorIndication
  reason: string
}

/** A step of the kernel: its result, or the end. */
export type Phase<Value> = { done: true; value: Value } | { done: false; ending: Ending }

export function go<Value>(value: Value): Phase<Value> {
  return { done: true, value }
}

export function stop(ending: Ending): Phase<never> {
  return { done: false, ending }
}

/** The card left or garbled its answer: it is asked to be shown again (Book C-2, S3.6, S4.8, S9.14 and their like). */
function tryAgain(l1: ErrorIndication['l1'], reason: string): Ending {
  return {
    parameters: {
      ...NO_OUTCOME,
      status: 'END APPLICATION',
      start: 'B',
      uiRequestOnRestart: true,
      discretionaryData: true,
    },
    userInterface: showing('try again', 'ready to read'),
    error: { ...NO_ERROR, l1, messageOnError: 'try again' },
    reason,
  }
}

/** The same for what a session ended with: no answer at all, or one that is no APDU. */
export function lost({ code, reason }: Outcome): Ending {
  return tryAgain(code === 'card_removed' ? 'TIME OUT ERROR' : 'PROTOCOL ERROR', reason ?? 'no answer')
}

/** What the card answered cannot be used: another card or interface may be (Book C-2, "Invalid response"). */
export function otherCard(
  l2: ErrorIndication['l2'],
  reason: string,
  { sw = 0, holdMs = 0 }: { sw?: number; holdMs?: number } = {},
): Ending {
  return {
    parameters: {
      ...NO_OUTCOME,
      status: 'END APPLICATION',
      uiRequestOnOutcome: true,
      discretionaryData: true,
    },
    userInterface: showing('other card', 'not ready', holdMs),
    error: { ...NO_ERROR, l2, sw, messageOnError: 'other card' },
    reason,
  }
}

/** This application is not for this transaction, the next one may be (Book C-2, S3.9 and S456, MAX LIMIT EXCEEDED). */
export function selectNext(l2: ErrorIndication['l2'], reason: string, sw = 0): Ending {
  return {
    parameters: { ...NO_OUTCOME, status: 'SELECT NEXT', start: 'C', discretionaryData: true },
    userInterface: null,
    error: { ...NO_ERROR, l2, sw },
    reason,
  }
}
