import pkcs11 from 'pkcs11js'
import type { TokenSession } from './cryptoki.ts'

/** What keeps the value of a key inside (PKCS#11 3.1, 4.9), and what each is when it does. */
const PROTECTIONS = [
  { type: pkcs11.CKA_SENSITIVE, closed: true },
  { type: pkcs11.CKA_EXTRACTABLE, closed: false },
] as const

/**
 * C_UnwrapKey, after which the key is as closed as `attributes` say. opencryptoki makes every unwrapped key readable, whatever the template
 * says, and takes none that says so itself: such a key is closed before anybody has its handle. Throws what the module throws.
 */
export function unwrapKey(
  token: TokenSession,
  mechanism: pkcs11.Mechanism,
  under: pkcs11.Handle,
  blob: Buffer,
  attributes: pkcs11.Template,
): pkcs11.Handle {
  const { module, session } = token
  const key = unwrap(token, mechanism, under, blob, attributes)
  try {
    const open = openProtections(token, key, attributes)
    if (open.length > 0) module.C_SetAttributeValue(session, key, open)
    return key
  } catch (error) {
    module.C_DestroyObject(session, key)
    throw error
  }
}

function unwrap(
  { module, session }: TokenSession,
  mechanism: pkcs11.Mechanism,
  under: pkcs11.Handle,
  blob: Buffer,
  attributes: pkcs11.Template,
): pkcs11.Handle {
  try {
    return module.C_UnwrapKey(session, mechanism, under, blob, attributes)
  } catch (error) {
    if (!isReadOnly(error)) throw error
    const others = attributes.filter(({ type }) =>
      PROTECTIONS.every((protection) => protection.type !== type),
    )
    return module.C_UnwrapKey(session, mechanism, under, blob, others)
  }
}

/** What is to be closed of the key, and is not. */
function openProtections(
  { module, session }: TokenSession,
  key: pkcs11.Handle,
  attributes: pkcs11.Template,
): pkcs11.Template {
  const wanted = PROTECTIONS.filter(({ type, closed }) =>
    attributes.some((attribute) => attribute.type === type && attribute.value === closed),
  )
  if (wanted.length === 0) return []
  const found = module.C_GetAttributeValue(
    session,
    key,
    wanted.map(({ type }) => ({ type })),
  )
  return wanted
    .filter(({ closed }, at) => Boolean((found[at]?.value as Buffer | undefined)?.[0]) !== closed)
    .map(({ type, closed }) => ({ type, value: closed }))
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('CKR_ATTRIBUTE_READ_ONLY')
}
