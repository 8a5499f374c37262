import pkcs11 from 'pkcs11js'
import { type Capabilities, FEATURES, type Feature, MECHANISM_NUMBERS } from '../capabilities/features.ts'
import type { TokenSession } from './cryptoki.ts'
import { CURVE_TRIALS } from './trials/curves.ts'
import { RSA_TRIALS } from './trials/rsa.ts'
import { SECRET_TRIALS } from './trials/secret-keys.ts'
import type { Trial } from './trials/trial.ts'

const TRIALS: Record<Feature, Trial> = { ...SECRET_TRIALS, ...CURVE_TRIALS, ...RSA_TRIALS }

/** Does with keys of nobody what each feature promises, and compares; what throws or differs is not there. Leaves nothing in the token. */
export function probe(token: TokenSession): Capabilities {
  const found = Object.entries(FEATURES).map(([feature, mechanisms]) => [
    feature,
    mechanisms.find((mechanism) => tried(token, TRIALS[feature as Feature], MECHANISM_NUMBERS[mechanism])) ??
      null,
  ])
  return Object.fromEntries(found)
}

/** The number of the mechanism that works for a feature that is there. */
export function mechanismOf(capabilities: Capabilities, feature: Feature): number {
  return MECHANISM_NUMBERS[capabilities[feature] ?? FEATURES[feature][0]]
}

function tried(token: TokenSession, trial: Trial, mechanism: number): boolean {
  const { module } = token
  const slot = module.C_GetSessionInfo(token.session).slotID
  // A session of its own: its objects end with it, as does an operation that was left half done.
  const session = module.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION)
  try {
    return trial({ module, session }, mechanism)
  } catch {
    return false
  } finally {
    module.C_CloseSession(session)
  }
}
