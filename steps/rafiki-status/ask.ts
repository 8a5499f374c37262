import { Agent, request } from 'undici'
import { Fault } from './fault.ts'

const TIMEOUT_MS = 5_000

export interface Question {
  url: string
  /** The key of the profile that says where this is, for faults. */
  setting: string
  headers?: Record<string, string>
  /** Posted as JSON; without it, it is a GET. */
  body?: unknown
  /** Roots (PEM) that TLS must lead to, and the key of the profile that names their file; left out: the machine's own. */
  trusted?: { roots: readonly string[]; setting: string }
}

export interface Answer {
  status: number
  text: string
  /** By how many milliseconds the other clock is ahead, to about half a second; null when the answer has no date. */
  skewMs: number | null
}

const TLS_UNKNOWN =
  'set NODE_EXTRA_CA_CERTS to the file with the certificate of its authority, before the command starts'

// Codes of Node's network and TLS errors → what to do about the setting.
const MENDS: Readonly<Record<string, (setting: string) => string>> = {
  ECONNREFUSED: (setting) => `start it, or correct ${setting}`,
  ECONNRESET: (setting) => `see its log; or correct ${setting}: something else may listen there`,
  UND_ERR_SOCKET: (setting) => `see its log; or correct ${setting}: something else may listen there`,
  ENOTFOUND: (setting) => `correct the host in ${setting}, or teach this machine its name`,
  EAI_AGAIN: (setting) => `correct the host in ${setting}, or teach this machine its name`,
  SELF_SIGNED_CERT_IN_CHAIN: () => TLS_UNKNOWN,
  DEPTH_ZERO_SELF_SIGNED_CERT: () => TLS_UNKNOWN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => TLS_UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => TLS_UNKNOWN,
  CERT_HAS_EXPIRED: () => 'renew its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: (setting) => `use the host of its certificate in ${setting}`,
  EPROTO: (setting) => `write http:// in ${setting}: there is no TLS`,
  ERR_SSL_WRONG_VERSION_NUMBER: (setting) => `write http:// in ${setting}: there is no TLS`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (setting) => `write http:// in ${setting}: there is no TLS`,
}

/** Makes one request. Throws a {@link Fault} when no HTTP answer came; every status is an answer. */
export async function ask({ url, setting, headers = {}, body, trusted }: Question): Promise<Answer> {
  const started = Date.now()
  const agent = trusted && new Agent({ connect: { ca: [...trusted.roots] } })
  try {
    const answer = await request(url, {
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      reset: true,
      ...(agent && { dispatcher: agent }),
    })
    const middle = (started + Date.now()) / 2
    const text = await answer.body.text()
    return { status: answer.statusCode, text, skewMs: skew(answer.headers.date, middle) }
  } catch (error) {
    throw unanswered(url, setting, error, trusted?.setting)
  } finally {
    await agent?.close()
  }
}

// A date is that of the second's beginning.
function skew(date: string | string[] | undefined, localMs: number): number | null {
  const remoteMs = Date.parse(String(date))
  return Number.isNaN(remoteMs) ? null : Math.round(remoteMs + 500 - localMs)
}

function unanswered(url: string, setting: string, error: unknown, roots: string | undefined): Fault {
  const { code = '', name, message } = error as NodeJS.ErrnoException
  const came = name === 'TimeoutError' ? `nothing within ${TIMEOUT_MS} ms` : code || message
  const known = MENDS[code]?.(setting)
  const mend =
    known === TLS_UNKNOWN && roots !== undefined
      ? `correct ${roots}: the file with the certificate of its authority`
      : (known ?? `see whether it runs, or correct ${setting}`)
  return new Fault(`expected an answer from ${url}, got ${came}`, mend)
}
