import pkcs11 from 'pkcs11js'
import { type TokenSession, template } from './cryptoki.ts'
import { destroying } from './objects.ts'

const OF_SESSION = {
  CKA_TOKEN: false,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: true,
} as const
/** Longer than a modulus. */
const WRAPPED_AT_MOST = 1024
const WITHOUT_TRUST = { CKA_WRAP_WITH_TRUSTED: false }
const READABLE = { CKA_SENSITIVE: false }
const TRUSTED = { CKA_TRUSTED: true }

type Attempt = (token: TokenSession, key: pkcs11.Handle, untrusted: pkcs11.Handle) => unknown

/** What a user might do to a key that is to leave under trusted keys alone, so that it leaves otherwise. */
const ATTEMPTS: readonly Attempt[] = [
  ({ module, session }, key) => module.C_SetAttributeValue(session, key, template(WITHOUT_TRUST)),
  ({ module, session }, key) => module.C_CopyObject(session, key, template(WITHOUT_TRUST)),
  ({ module, session }, key) => module.C_SetAttributeValue(session, key, template(READABLE)),
  ({ module, session }, key) => module.C_CopyObject(session, key, template(READABLE)),
  ({ module, session }, _, untrusted) => module.C_SetAttributeValue(session, untrusted, template(TRUSTED)),
  ({ module, session }, _, untrusted) => module.C_CopyObject(session, untrusted, template(TRUSTED)),
]

/**
 * Whether the token keeps what CKA_WRAP_WITH_TRUSTED promises (PKCS#11 3.1, 4.10.2), tried with a key of nobody: under the public key
 * `untrusted` an ordinary key can be wrapped by `mechanism`, one with that attribute cannot, and no user takes it back. NSS, for one, knows
 * the attribute and does not mind it.
 */
export function holdsBack(
  token: TokenSession,
  mechanism: pkcs11.Mechanism,
  untrusted: pkcs11.Handle,
): boolean {
  const wraps: Attempt = ({ module, session }, key) =>
    module.C_WrapKey(session, mechanism, untrusted, key, Buffer.alloc(WRAPPED_AT_MOST))
  const succeeds = (attempt: Attempt, key: pkcs11.Handle) => isDone(() => attempt(token, key, untrusted))
  try {
    const [held, ordinary] = [newKey(token, true), newKey(token, false)]
    return destroying(
      token,
      [held, ordinary],
      () => succeeds(wraps, ordinary) && ![wraps, ...ATTEMPTS].some((attempt) => succeeds(attempt, held)),
    )
  } catch {
    return false
  }
}

function newKey({ module, session }: TokenSession, trustedAlone: boolean): pkcs11.Handle {
  const attributes = { ...OF_SESSION, CKA_WRAP_WITH_TRUSTED: trustedAlone, CKA_VALUE_LEN: 32 }
  return module.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, template(attributes))
}

function isDone(attempt: () => unknown): boolean {
  try {
    attempt()
    return true
  } catch {
    return false
  }
}
