import type { X509Certificate } from 'node:crypto'
import { because, type Outcome, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import {
  type HttpSignatureVerdict,
  type SignedRequest,
  verifyRequest,
} from '../../../protocols/signatures/http-message.ts'
import { X509_REASONS } from '../../../protocols/x509/reasons.ts'
import type { CertificateJudge } from '../terminals/shown-certificate.ts'
import type { Windows } from '../windows.ts'
import type { PublicKeys } from './public-keys.ts'
import type { FoundTerminal, KnownTerminal } from './terminals.ts'

/** Who sent a request, or why it is not believed. `created` is the signature's, in ms. */
export type Authentication =
  | { authentic: true; terminal: KnownTerminal; created: number; nonce: string }
  | { authentic: false; outcome: Outcome }

/** What the connection of a request says of its sender: over plain HTTP nothing. */
export type Connection =
  | { tls: false }
  | {
      tls: true
      /** What the client showed and has the key of; null when it showed none. */
      certificate: X509Certificate | null
      judge: Pick<CertificateJudge, 'judge'>
    }

export const PLAIN: Connection = { tls: false }

type Refusal = [code: ReasonCode, detail?: string]

const REFUSALS: Record<Extract<HttpSignatureVerdict, { verified: false }>['reason'], Refusal> = {
  missing: ['request_signature_wrong', 'no signature'],
  malformed: ['request_signature_wrong', 'signature headers cannot be read'],
  incomplete: ['request_signature_wrong', 'a component or parameter is not covered'],
  digest: ['request_signature_wrong', 'content digest is not that of the body'],
  unknown_key: ['terminal_unknown'],
  signature: ['request_signature_wrong'],
}

/**
 * The certificate of the connection is one of ours and of this time; the terminal is known and its signature (RFC 9421) is right; the certificate
 * is the one that this terminal was onboarded with; then the age is inside the window, then the terminal's keys are of this time.
 */
export async function authenticate(
  message: SignedRequest,
  { find, keys }: { find: (terminalId: string) => Promise<FoundTerminal>; keys: PublicKeys },
  windows: Pick<Windows, 'request' | 'requestFuture'>,
  now: number,
  connection: Connection = PLAIN,
): Promise<Authentication> {
  const unfit = refusalOf(connection)
  if (unfit !== null) return refuse(unfit)
  const asked = new Map<string, FoundTerminal>()
  const verdict = await verifyRequest(message, async (keyId) => {
    const found = await find(keyId)
    asked.set(keyId, found)
    return found.terminal === null ? null : keys.of(found.terminal.publicKey)
  })
  const found = asked.get(verdict.keyId ?? '')
  if (found?.revoked) return refuse(['certificate_refused', X509_REASONS.revoked])
  if (!verdict.verified) return refuse(REFUSALS[verdict.reason])
  const { created, nonce, expires } = verdict
  if (found === undefined || found.terminal === null) return refuse(REFUSALS.unknown_key)
  const unpaired = pairing(connection, found)
  if (unpaired !== null) return refuse(unpaired)
  const { terminal } = found
  const age = now - created
  if (age > windows.request || (expires !== null && now > expires)) return refuse(['request_outside_window'])
  if (age < -windows.requestFuture) return refuse(['request_outside_window', 'it is from the future'])
  if (terminal.keysOverdueAt !== null && now >= terminal.keysOverdueAt) return refuse(['terminal_overdue'])
  return { authentic: true, terminal, created, nonce }
}

function refusalOf(connection: Connection): Refusal | null {
  if (!connection.tls) return null
  if (connection.certificate === null) return ['certificate_missing']
  const verdict = connection.judge.judge(connection.certificate)
  return verdict.valid ? null : ['certificate_refused', verdict.detail]
}

/** A terminal that was onboarded comes with its own certificate and no other; one that was registered by hand has none. */
function pairing(connection: Connection, { certificate }: FoundTerminal): Refusal | null {
  const shown = connection.tls ? connection.certificate : null
  if (shown === null) return certificate === null ? null : ['certificate_missing']
  return digestOf(shown) === certificate ? null : ['certificate_not_terminals']
}

function digestOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase()
}

function refuse([code, detail]: Refusal): Authentication {
  return { authentic: false, outcome: because(code, detail) }
}

/** Serial number of the certificate that was shown; null without one. */
export function serialOf(connection: Connection): Uint8Array | null {
  if (!connection.tls || connection.certificate === null) return null
  return new Uint8Array(Buffer.from(connection.certificate.serialNumber, 'hex'))
}
