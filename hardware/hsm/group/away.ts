import { HsmError, type HsmFault } from '../error.ts'

/** Of a token that may be there the next time; all else is a configuration that is wrong. */
const AWAY = new Set<HsmFault>(['TOKEN_NOT_PRESENT', 'MODULE_FAILED', 'SIGNER_GONE'])

/** Whether an error says that a token is away. */
export function isAway(error: unknown): error is HsmError {
  return error instanceof HsmError && AWAY.has(error.code)
}
