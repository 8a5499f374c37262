import type { X509Certificate } from 'node:crypto'
import { readCertificate } from '../../../protocols/cms/identity.ts'
import type { TrustReason } from '../../../protocols/onboarding/reasons.ts'
import {
  type HttpSignatureVerdict,
  type SignedRequest,
  verifyRequest,
} from '../../../protocols/signatures/http-message.ts'
import type { TerminalState } from '../database/tables.ts'
import type { CertificateJudge } from './shown-certificate.ts'
import { refuse } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'

/** An onboarded terminal whose request is believed. */
export interface Sender {
  terminalId: string
  merchantId: string
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
 * Who sent a request, by the identity of its onboarding: the certificate that was shown in TLS is one of ours and of this time, the signature
 * (RFC 9421) is the terminal's, the certificate is the one it was onboarded with, the terminal is in service, the request is of this
 * time and new. Otherwise Refused is thrown. `shown`: null when the client showed none.
 */
export async function identify(
  message: SignedRequest,
  shown: X509Certificate | null,
  judge: CertificateJudge,
  context: TrustContext,
): Promise<Sender> {
  if (shown === null) return refuse('certificate_missing')
  const judged = judge.judge(shown)
  if (!judged.valid) return refuse('certificate_refused', judged.detail)
  const known = new Map<string, Found>()
  const verdict = await verifyRequest(message, async (keyId) => {
    const found = await find(keyId, context)
    if (found !== null) known.set(keyId, found)
    return found?.signing.publicKey ?? null
  })
  if (!verdict.verified) return refuse(SIGNATURES[verdict.reason], verdict.reason)
  const terminal = known.get(verdict.keyId)
  if (terminal === undefined) return refuse('terminal_unknown')
  if (!terminal.signing.raw.equals(shown.raw)) refuse('certificate_not_terminals')
  if (terminal.state !== 'active') refuse(STATES[terminal.state])
  await expectNew(verdict, context)
  const { terminalId, merchantId, receiving } = terminal
  return { terminalId, merchantId, receiving }
}

async function find(terminalId: string, { db }: TrustContext): Promise<Found | null> {
  const row = await db
    .selectFrom('onboarded_terminals')
    .innerJoin('terminals', 'terminals.id', 'terminal_id')
    .select(['onboarded_terminals.state', 'merchant_id', 'signing_certificate', 'receiving_certificate'])
    .where('terminal_id', '=', terminalId)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    terminalId,
    merchantId: row.merchant_id,
    state: row.state,
    signing: readCertificate(new Uint8Array(row.signing_certificate)),
    receiving: readCertificate(new Uint8Array(row.receiving_certificate)),
  }
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
