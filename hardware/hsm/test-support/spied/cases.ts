import type { OperationName } from '../../requests.ts'
import { CARD_CASES } from './card-cases.ts'
import type { Cases } from './case.ts'
import { DATA_CASES } from './data-cases.ts'
import { KEY_CASES } from './key-cases.ts'
import { PIN_CASES } from './pin-cases.ts'
import { TRUST_CASES } from './trust-cases.ts'

/** Every operation of the HSM: a new one that is not here is an error of types, and fails the test. */
export const SPIED: Readonly<Record<OperationName, Cases>> = {
  ...KEY_CASES,
  ...DATA_CASES,
  ...CARD_CASES,
  ...PIN_CASES,
  ...TRUST_CASES,
}
