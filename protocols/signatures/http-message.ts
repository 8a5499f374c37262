import { hash as digest, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { httpbis, type SignatureParameters } from 'http-message-signatures'

/** What is signed of a request. `url` is the target URI as the signer sees it, `body` is sent as UTF-8. */
export interface SignableRequest {
  method: string
  url: string
  body: string
}

/** A request as it came in; header names in any case. */
export interface SignedRequest extends SignableRequest {
  headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface SigningIdentity {
  keyId: string
  /** Ed25519 or P-256. */
  privateKey: KeyObject
  /** Milliseconds since 1970; the signature carries whole seconds. */
  created: number
  nonce: string
}

/** As {@link SigningIdentity}, of a key that is somewhere else, such as in a token. */
export interface RemoteIdentity extends Omit<SigningIdentity, 'privateKey'> {
  publicKey: KeyObject
  /** Over a signature base (RFC 9421, 2.5): R|S of Ed25519, or r|s of ECDSA with SHA-256, 64 bytes. */
  sign: (base: Uint8Array) => Promise<Uint8Array>
}

/** What an HTTP message signature was worth. Refusals come in this order. */
export type HttpSignatureVerdict =
  | {
      verified: true
      keyId: string
      /** Milliseconds since 1970, whole seconds. */
      created: number
      nonce: string
      /** Milliseconds since 1970, or null: when the signer itself wants the signature to end. */
      expires: number | null
    }
  | {
      verified: false
      /**
       * `missing`: no signature. `malformed`: not exactly one that can be read. `incomplete`: a component or parameter is not covered.
       * `unknown_key`: nobody has this key. `digest`: the body is not the one signed. `signature`: wrong, or by another algorithm.
       */
      reason: 'missing' | 'malformed' | 'incomplete' | 'unknown_key' | 'digest' | 'signature'
      keyId?: string
    }

/** What a signature has to cover, RFC 9421, 2. */
export const COVERED_COMPONENTS = [
  '@method',
  '@target-uri',
  'content-type',
  'content-digest',
  'content-length',
]

const PARAMETERS = ['created', 'keyid', 'alg', 'nonce']
const CONTENT_TYPE = 'application/json'

interface Algorithm {
  /** Name in the HTTP Signature Algorithms registry, RFC 9421, 3.3. */
  name: string
  hash: string | null
}

// By kind of key: a signature never chooses its own algorithm (RFC 9421, 7.3.6).
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  ed25519: { name: 'ed25519', hash: null },
  prime256v1: { name: 'ecdsa-p256-sha256', hash: 'sha256' },
}

// RFC 9530, 5: name in the header, name in node:crypto.
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
])

/**
 * Signs a request with a JSON body (RFC 9421) and returns the headers to send with it: `content-type`, `content-length`,
 * `content-digest` (RFC 9530, sha-256), `signature-input`, `signature`. Throws a TypeError for a key that is neither Ed25519 nor P-256
 * and a RangeError when `created` is before 1970-01-01T00:00:01Z.
 */
export async function signRequest(
  request: SignableRequest,
  { privateKey, ...identity }: SigningIdentity,
): Promise<Record<string, string>> {
  const { hash } = algorithmOf(privateKey)
  const signing = async (base: Uint8Array) => sign(hash, base, inFormat(privateKey, hash))
  return signRequestBy(request, { ...identity, publicKey: privateKey, sign: signing })
}

/** {@link signRequest} by a key that is somewhere else. Throws what `sign` throws, too. */
export async function signRequestBy(
  { method, url, body }: SignableRequest,
  { keyId, publicKey, created, nonce, sign }: RemoteIdentity,
): Promise<Record<string, string>> {
  // The library leaves out a `created` of 0.
  if (!(created >= 1000)) throw new RangeError(`expected created in milliseconds since 1970, got ${created}`)
  const { name: alg } = algorithmOf(publicKey)
  const headers = {
    'content-type': CONTENT_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    'content-digest': `sha-256=:${digestOf(body, 'sha256').toString('base64')}:`,
  }
  const signed = await httpbis.signMessage(
    {
      key: {
        id: keyId,
        alg,
        sign: async (base) => Buffer.from(await sign(base)),
      },
      name: 'sig',
      fields: COVERED_COMPONENTS,
      params: PARAMETERS,
      paramValues: { created: new Date(created), nonce },
    },
    { method, url, headers },
  )
  return flatten(signed.headers)
}

/**
 * Checks the one signature of a request. Age and replay are the caller's business: `created`, `expires` and `nonce` are returned, not
 * judged, and the machine's clock is not asked. Throws what `keyOf` throws, and a TypeError when it gives a key that is neither Ed25519
 * nor P-256.
 */
export async function verifyRequest(
  request: SignedRequest,
  keyOf: (keyId: string) => Promise<KeyObject | null>,
): Promise<HttpSignatureVerdict> {
  const headers = flatten(request.headers)
  if (headers.signature === undefined && headers['signature-input'] === undefined)
    return { verified: false, reason: 'missing' }
  const opened = await open({ ...request, headers })
  if (opened === null) return { verified: false, reason: 'malformed' }
  const { keyid: keyId, nonce, created, alg } = opened.parameters
  const expires: unknown = opened.parameters.expires ?? null
  const refuse = (reason: Refusal) =>
    typeof keyId === 'string'
      ? ({ verified: false, reason, keyId } as const)
      : ({ verified: false, reason } as const)
  if (!isComplete(opened)) return refuse('incomplete')
  if (typeof keyId !== 'string' || typeof nonce !== 'string' || !isMoment(created) || !isSeconds(expires))
    return refuse('malformed')
  const key = await keyOf(keyId)
  if (key === null) return refuse('unknown_key')
  if (!bodyMatches(request.body, headers)) return refuse('digest')
  const { name, hash } = algorithmOf(key)
  if (alg !== name || !isSignature(opened, key, hash)) return refuse('signature')
  return {
    verified: true,
    keyId,
    nonce,
    created: created.getTime(),
    expires: expires === null ? null : expires * 1000,
  }
}

type Refusal = Exclude<HttpSignatureVerdict, { verified: true }>['reason']

/** A signature taken apart: nothing in it is judged yet. */
interface OpenedSignature {
  base: Buffer
  signature: Buffer
  parameters: SignatureParameters
  covered: ReadonlySet<string>
}

/**
 * Lets the library parse the headers and build the signature base (RFC 9421, 2.5), with its own judgements switched off: it would ask
 * the machine's clock, take any one of several signatures, and count `"content-digest";key="x"` as the whole header.
 */
async function open(
  message: SignedRequest & { headers: Record<string, string> },
): Promise<OpenedSignature | null> {
  const opened: Omit<OpenedSignature, 'covered'>[] = []
  const covered = new Set<string>()
  let repeated = false
  let signatures = 0
  try {
    await httpbis.verifyMessage(
      {
        tolerance: Number.POSITIVE_INFINITY,
        componentParser: (name, parameters) => {
          // RFC 9421, 2.5: a component identifier occurs once.
          if (parameters.size > 0) return null
          repeated ||= covered.has(name)
          covered.add(name)
          return null
        },
        keyLookup: async (parameters) => {
          signatures++
          return {
            verify: async (base, signature) => {
              opened.push({ base, signature, parameters })
              return true
            },
          }
        },
      },
      message,
    )
  } catch {
    // The library reports what it cannot read in several classes of errors; all mean the same here.
    return null
  }
  const [only] = opened
  return only === undefined || signatures !== 1 || repeated ? null : { ...only, covered }
}

function isComplete({ covered, parameters }: OpenedSignature): boolean {
  return (
    COVERED_COMPONENTS.every((name) => covered.has(name)) && PARAMETERS.every((name) => name in parameters)
  )
}

function isMoment(created: Date | null | undefined): created is Date {
  return created instanceof Date && Number.isSafeInteger(created.getTime())
}

function isSeconds(expires: unknown): expires is number | null {
  return expires === null || Number.isSafeInteger(expires)
}

function isSignature({ base, signature }: OpenedSignature, key: KeyObject, hash: string | null): boolean {
  return verify(hash, base, inFormat(key, hash), signature)
}

/** ECDSA signatures are r || s (RFC 9421, 3.3.4), which has to be said; Ed25519 has one format. */
function inFormat(key: KeyObject, hash: string | null) {
  return hash === null ? key : ({ key, dsaEncoding: 'ieee-p1363' } as const)
}

function algorithmOf(key: KeyObject): Algorithm {
  const kind = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? key.type
  const algorithm = ALGORITHMS[kind]
  if (algorithm === undefined) throw new TypeError(`expected an Ed25519 or P-256 key, got ${kind}`)
  return algorithm
}

function bodyMatches(body: string, headers: Record<string, string>): boolean {
  if (headers['content-length'] !== String(Buffer.byteLength(body))) return false
  const digests = parseDigests(headers['content-digest'] ?? '')
  return digests.length > 0 && digests.every(({ hash, value }) => sameBytes(digestOf(body, hash), value))
}

/** The digests of a `content-digest` header that RFC 9530 still recommends; others are ignored. */
function parseDigests(header: string): { hash: string; value: Buffer }[] {
  return header.split(',').flatMap((member) => {
    const [, name = '', base64 = ''] = /^\s*([a-z0-9-]+)=:([A-Za-z0-9+/=]*):\s*$/.exec(member) ?? []
    const hash = DIGESTS.get(name)
    return hash === undefined ? [] : [{ hash, value: Buffer.from(base64, 'base64') }]
  })
}

function digestOf(body: string, hash: string): Buffer {
  return digest(hash, body, 'buffer')
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Lower-case names; several values of one name joined, as RFC 9110, 5.2 says. */
function flatten(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Record<string, string> {
  const joined = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    const values = [joined.get(key), value].flat().filter((text) => text !== undefined)
    if (values.length > 0) joined.set(key, values.join(', '))
  }
  return Object.fromEntries(joined)
}
