import pkcs11 from 'pkcs11js'
import type { TokenSession } from './cryptoki.ts'

/** What keeps the value of a key inside (PKCS#11 3.1, 4.9), and what each is when it does. */
const PROTECTIONS = [
  { type: pkcs11.CKA_SENSITIVE, closed: true },
  { type: pkcs11.CKA_EXTRACTABLE, closed: false },
] as const

type Protection = (typeof PROTECTIONS)[number]

/** Classes of keys that a module was seen to close as it is told: to look at every key costs half as much again as to unwrap it. */
const obeyed = new WeakMap<pkcs11.PKCS11, Set<unknown>>()

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
  const key = unwrap(token, mechanism, under, blob, attributes)
  try {
    close(token, key, attributes)
    return key
  } catch (error) {
    token.module.C_DestroyObject(token.session, key)
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

function close(token: TokenSession, key: pkcs11.Handle, attributes: pkcs11.Template): void {
  const { module, session } = token
  const wanted = PROTECTIONS.filter(({ type, closed }) =>
    attributes.some((attribute) => attribute.type === type && attribute.value === closed),
  )
  const whole = wanted.length === PROTECTIONS.length
  const keyClass = attributes.find(({ type }) => type === pkcs11.CKA_CLASS)?.value
  const classes = obeyed.get(module) ?? new Set()
  if (wanted.length === 0 || (whole && classes.has(keyClass))) return
  const open = openOf(token, key, wanted)
  if (open.length > 0) module.C_SetAttributeValue(session, key, open)
  else if (whole) obeyed.set(module, classes.add(keyClass))
}

/** Which of `wanted` the key has not. */
function openOf(
  { module, session }: TokenSession,
  key: pkcs11.Handle,
  wanted: readonly Protection[],
): pkcs11.Template {
  const types = wanted.map(({ type }) => ({ type }))
  const found = module.C_GetAttributeValue(session, key, types)
  return wanted
    .filter(({ closed }, at) => ((found[at]?.value as Buffer | undefined)?.[0] === 1) !== closed)
    .map(({ type, closed }) => ({ type, value: closed }))
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('CKR_ATTRIBUTE_READ_ONLY')
}
