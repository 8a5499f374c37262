import { because, type Outcome, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import {
  type HttpSignatureVerdict,
  type SignedRequest,
  verifyRequest,
} from '../../../protocols/signatures/http-message.ts'
import type { Windows } from '../config.ts'
import type { PublicKeys } from './public-keys.ts'
import type { KnownTerminal } from './terminals.ts'

/** Who sent a request, or why it is not believed. `created` is the signature's, in ms. */
export type Authentication =
  | { authentic: true; terminal: KnownTerminal; created: number; nonce: string }
  | { authentic: false; outcome: Outcome }

type Refusal = [code: ReasonCode, detail?: string]

const REFUSALS: Record<Extract<HttpSignatureVerdict, { verified: false }>['reason'], Refusal> = {
  missing: ['request_signature_wrong', 'no signature'],
  malformed: ['request_signature_wrong', 'signature headers cannot be read'],
  incomplete: ['request_signature_wrong', 'a component or parameter is not covered'],
  digest: ['request_signature_wrong', 'content digest is not that of the body'],
  unknown_key: ['terminal_unknown'],
  signature: ['request_signature_wrong'],
}

/** The terminal is known, then its signature (RFC 9421) is right, then its age is inside the window, then its keys are of this time. */
export async function authenticate(
  message: SignedRequest,
  { find, keys }: { find: (terminalId: string) => Promise<KnownTerminal | null>; keys: PublicKeys },
  windows: Pick<Windows, 'request' | 'requestFuture'>,
  now: number,
): Promise<Authentication> {
  const known = new Map<string, KnownTerminal>()
  const verdict = await verifyRequest(message, async (keyId) => {
    const terminal = await find(keyId)
    if (terminal === null) return null
    known.set(keyId, terminal)
    return keys.of(terminal.publicKey)
  })
  if (!verdict.verified) return refuse(REFUSALS[verdict.reason])
  const { keyId, created, nonce, expires } = verdict
  const terminal = known.get(keyId)
  if (terminal === undefined) return refuse(REFUSALS.unknown_key)
  const age = now - created
  if (age > windows.request || (expires !== null && now > expires)) return refuse(['request_outside_window'])
  if (age < -windows.requestFuture) return refuse(['request_outside_window', 'it is from the future'])
  if (terminal.keysOverdueAt !== null && now >= terminal.keysOverdueAt) return refuse(['terminal_overdue'])
  return { authentic: true, terminal, created, nonce }
}

function refuse([code, detail]: Refusal): Authentication {
  return { authentic: false, outcome: because(code, detail) }
}
