import type { X509Certificate } from 'node:crypto'
import { readCertificate } from '../../../protocols/cms/identity.ts'
import type { TrustReason } from '../../../protocols/onboarding/reasons.ts'
import {
  type HttpSignatureVerdict,
  type SignedRequest,
  verifyRequest,
} from '../../../protocols/signatures/http-message.ts'
import { checkChain } from '../../../protocols/x509/chain.ts'
import type { TerminalState } from '../database/tables.ts'
import { refuse } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'

/** An onboarded terminal whose request is believed. */
export interface Sender {
  terminalId: string
  receiving: X509Certificate
}

interface Found extends Sender {
  signing: X509Certificate
  state: TerminalState
}

const SIGNATURES: Record<Extract<HttpSignatureVerdict, { verified: false }>['reason'], TrustReason> = {
  missing: 'signature_wrong',
  malformed: 'signature_wrong',
  incomplete: 'signature_wrong',
  digest: 'signature_wrong',
  unknown_key: 'terminal_unknown',
  signature: 'signature_wrong',
}
const STATES: Record<Exclude<TerminalState, 'active'>, TrustReason> = {
  decommissioned: 'terminal_decommissioned',
  compromised: 'terminal_compromised',
}

/**
 * Who sent a request, by the identity of its onboarding: the signature (RFC 9421) is the terminal's, the terminal is in service, its
 * certificate is valid, the request is of this time and new. Otherwise Refused is thrown.
 */
export async function identify(message: SignedRequest, context: TrustContext): Promise<Sender> {
  const known = new Map<string, Found>()
  const verdict = await verifyRequest(message, async (keyId) => {
    const found = await find(keyId, context)
    if (found !== null) known.set(keyId, found)
    return found?.signing.publicKey ?? null
  })
  if (!verdict.verified) return refuse(SIGNATURES[verdict.reason], verdict.reason)
  const terminal = known.get(verdict.keyId)
  if (terminal === undefined) return refuse('terminal_unknown')
  if (terminal.state !== 'active') refuse(STATES[terminal.state])
  expectCertified(terminal.signing, context)
  await expectNew(verdict, context)
  return { terminalId: terminal.terminalId, receiving: terminal.receiving }
}

async function find(terminalId: string, { db }: TrustContext): Promise<Found | null> {
  const row = await db
    .selectFrom('onboarded_terminals')
    .selectAll()
    .where('terminal_id', '=', terminalId)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    terminalId,
    state: row.state,
    signing: readCertificate(new Uint8Array(row.signing_certificate)),
    receiving: readCertificate(new Uint8Array(row.receiving_certificate)),
  }
}

function expectCertified(certificate: X509Certificate, { keys, clock }: TrustContext): void {
  const at = new Date(clock.now())
  const checked = checkChain(certificate, { issuers: keys.authority, at, usage: 'digitalSignature' })
  if (!checked.valid) refuse('terminal_certificate_refused', checked.detail)
}

async function expectNew(
  { keyId, nonce, created, expires }: Extract<HttpSignatureVerdict, { verified: true }>,
  { db, clock, windows }: TrustContext,
): Promise<void> {
  const now = clock.now()
  const age = now - created
  if (age > windows.request || age < -windows.requestFuture || (expires !== null && now > expires))
    refuse('request_outside_window')
  const expiresAt = created + windows.request
  const taken = await db
    .insertInto('nonces')
    .values({ terminal_id: keyId, nonce, expires_at: expiresAt })
    .onConflict((conflict) =>
      conflict
        .columns(['terminal_id', 'nonce'])
        .doUpdateSet({ expires_at: expiresAt })
        .where('nonces.expires_at', '<', String(now)),
    )
    .executeTakeFirst()
  if (taken.numInsertedOrUpdatedRows !== 1n) refuse('request_replayed')
}
