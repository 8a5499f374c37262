import pkcs11 from 'pkcs11js'
import type { HsmRequest, HsmResults } from '../requests.ts'
import { cmac } from './arqc.ts'
import { call, type TokenSession, template } from './cryptoki.ts'
import type { Keys } from './keys.ts'

type Request<Operation extends HsmRequest['operation']> = Extract<HsmRequest, { operation: Operation }>

const KCV_BYTES = 3
const WRAPPED_BYTES_AT_MOST = 256
/** OID 1.2.840.10045.3.1.7, prime256v1. */
const P256 = Buffer.from('06082A8648CE3D030107', 'hex')
/** CKA_EC_POINT is an OCTET STRING around the point (PKCS#11 3.1, 6.3.3): tag and length. */
const POINT_PREFIX = Buffer.from('0441', 'hex')

/** Lives in this session, until it has been wrapped once and its permanent copy is there. */
const LEAVING = { CKA_TOKEN: false, CKA_PRIVATE: true, CKA_SENSITIVE: true, CKA_EXTRACTABLE: true } as const

const AES = { CKA_CLASS: pkcs11.CKO_SECRET_KEY, CKA_KEY_TYPE: pkcs11.CKK_AES } as const
/** ENCRYPT for the first step of the session key, DERIVE for the second; see `arqc.ts`. SIGN is for the key check value only. */
const CARD_KEY_USES = {
  CKA_ENCRYPT: true,
  CKA_DERIVE: true,
  CKA_SIGN: true,
  CKA_DECRYPT: false,
  CKA_VERIFY: false,
  CKA_WRAP: false,
  CKA_UNWRAP: false,
} as const
const TRANSPORT_KEY_USES = {
  ...CARD_KEY_USES,
  CKA_ENCRYPT: false,
  CKA_DERIVE: false,
  CKA_WRAP: true,
} as const
const EC_PUBLIC = {
  CKA_CLASS: pkcs11.CKO_PUBLIC_KEY,
  CKA_KEY_TYPE: pkcs11.CKK_EC,
  CKA_EC_PARAMS: P256,
  CKA_PRIVATE: false,
  CKA_VERIFY: true,
} as const

/** Takes a key that came in the clear; it can wrap and nothing else afterwards. */
export function importTransportKey(
  token: TokenSession,
  keys: Keys,
  { label, value }: Request<'ImportTransportKey'>,
): HsmResults['ImportTransportKey'] {
  keys.mustBeFree(label)
  return { kcv: importAes(token, label, value, TRANSPORT_KEY_USES) }
}

/** Takes a published test key, or the public key of a card. */
export function importCardKey(
  token: TokenSession,
  keys: Keys,
  request: Request<'ImportCardKey'>,
): HsmResults['ImportCardKey'] {
  const { label } = request
  keys.mustBeFree(label)
  if (request.algorithm === 'aes-128') return { kcv: importAes(token, label, request.value, CARD_KEY_USES) }
  const point = Buffer.concat([POINT_PREFIX, request.point])
  call(`the token to take public key "${label}"`, () =>
    token.module.C_CreateObject(
      token.session,
      template({ ...EC_PUBLIC, CKA_TOKEN: true, CKA_LABEL: label, CKA_EC_POINT: point }),
    ),
  )
  return { kcv: null }
}

/** Generates in the token, wraps once under the transport key, keeps what the issuer needs, destroys the rest. */
export function generateCardKey(
  token: TokenSession,
  keys: Keys,
  request: Request<'GenerateCardKey'>,
): HsmResults['GenerateCardKey'] {
  keys.mustBeFree(request.label)
  const transportKey = keys.use(request.transportKey, 'CKO_SECRET_KEY')
  return call(`the token to generate and wrap key "${request.label}"`, () =>
    request.algorithm === 'aes-128'
      ? generateAes(token, request.label, transportKey)
      : generateP256(token, request.label, transportKey),
  )
}

function importAes(
  token: TokenSession,
  label: string,
  value: Uint8Array,
  uses: Readonly<Record<string, boolean>>,
): Buffer {
  const { module, session } = token
  return call(`the token to take key "${label}"`, () => {
    const incoming = module.C_CreateObject(
      session,
      template({ ...AES, ...LEAVING, ...uses, CKA_VALUE: Buffer.from(value) }),
    )
    return destroying(token, [incoming], () => keepAes(token, incoming, label))
  })
}

function generateAes(
  token: TokenSession,
  label: string,
  transportKey: pkcs11.Handle,
): HsmResults['GenerateCardKey'] {
  const { module, session } = token
  const key = module.C_GenerateKey(
    session,
    { mechanism: pkcs11.CKM_AES_KEY_GEN },
    template({ ...LEAVING, ...CARD_KEY_USES, CKA_VALUE_LEN: 16 }),
  )
  return destroying(token, [key], () => {
    const wrapped = wrap(token, transportKey, key)
    return { wrapped, kcv: keepAes(token, key, label), point: null }
  })
}

function generateP256(
  token: TokenSession,
  label: string,
  transportKey: pkcs11.Handle,
): HsmResults['GenerateCardKey'] {
  const { module, session } = token
  const { publicKey, privateKey } = module.C_GenerateKeyPair(
    session,
    { mechanism: pkcs11.CKM_EC_KEY_PAIR_GEN },
    template({ ...EC_PUBLIC, CKA_TOKEN: false }),
    template({ ...LEAVING, CKA_SIGN: true }),
  )
  return destroying(token, [publicKey, privateKey], () => {
    const wrapped = wrap(token, transportKey, privateKey)
    const [point] = module.C_GetAttributeValue(session, publicKey, [{ type: pkcs11.CKA_EC_POINT }])
    keep(token, publicKey, label)
    return { wrapped, kcv: null, point: Buffer.from(point?.value ?? []).subarray(POINT_PREFIX.length) }
  })
}

/**
 * Makes a key permanent: nobody can read or wrap it, and it loses the use that only its check value needed, 3 bytes of CMAC over a zero
 * block (X9.24-1, Annex A). Not CKA_MODIFIABLE=false, of which SoftHSM2 gives no working copies; the two that count only go one way.
 */
function keepAes(token: TokenSession, key: pkcs11.Handle, label: string): Buffer {
  const kcv = cmac(token, key, Buffer.alloc(16)).subarray(0, KCV_BYTES)
  keep(token, key, label, { CKA_EXTRACTABLE: false, CKA_SIGN: false })
  return kcv
}

function keep(token: TokenSession, key: pkcs11.Handle, label: string, changes = {}): void {
  token.module.C_CopyObject(token.session, key, template({ ...changes, CKA_TOKEN: true, CKA_LABEL: label }))
}

function wrap({ module, session }: TokenSession, transportKey: pkcs11.Handle, key: pkcs11.Handle): Buffer {
  const mechanism = { mechanism: pkcs11.CKM_AES_KEY_WRAP_PAD }
  return module.C_WrapKey(session, mechanism, transportKey, key, Buffer.alloc(WRAPPED_BYTES_AT_MOST))
}

/** Runs `action`, then destroys these session objects, whatever came. */
function destroying<Result>(
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
