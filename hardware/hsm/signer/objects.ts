import type pkcs11 from 'pkcs11js'
import { type TokenSession, template } from './cryptoki.ts'

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

/** At most two of the objects with these attributes: callers want to know whether it is one. */
export function findObjects({ module, session }: TokenSession, attributes: pkcs11.Template): pkcs11.Handle[] {
  module.C_FindObjectsInit(session, attributes)
  try {
    return module.C_FindObjects(session, 2)
  } finally {
    module.C_FindObjectsFinal(session)
  }
}

/** A session object that does what the token object does: SoftHSM2 reads that from disk at each use. Not every module copies. */
export function workingCopy({ module, session }: TokenSession, object: pkcs11.Handle): pkcs11.Handle {
  try {
    return module.C_CopyObject(session, object, template({ CKA_TOKEN: false }))
  } catch {
    return object
  }
}
