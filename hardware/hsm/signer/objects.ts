import type pkcs11 from 'pkcs11js'
import type { TokenSession } from './cryptoki.ts'

/** Runs `action` on session objects, then destroys them, whatever came. */
export function destroying<Result>(
  { module, session }: TokenSession,
  objects: readonly pkcs11.Handle[],
  action: () => Result,
): Result {
  try {
    return action()
  } finally {
    for (const object of objects) module.C_DestroyObject(session, object)
  }
}
