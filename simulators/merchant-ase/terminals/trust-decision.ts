import type { KeyObject, X509Certificate } from 'node:crypto'
import { readCertificate, subjectOf } from '../../../protocols/cms/identity.ts'
import { DerError } from '../../../protocols/der/error.ts'
import { statementBytes } from '../../../protocols/onboarding/attestation.ts'
import type { TrustReason } from '../../../protocols/onboarding/reasons.ts'
import { checkChain } from '../../../protocols/x509/chain.ts'
import { readName } from '../../../protocols/x509/name.ts'
import { openRequest } from '../../../protocols/x509/request.ts'
import { kindOf, signatureAlgorithm, verifies } from '../../../protocols/x509/signature.ts'
import type { OnboardingRequest } from './onboarding-request.ts'
import { refuse } from './trust-answer.ts'

/** The keys of a device that proved who it is. */
export interface ProvenDevice {
  signingKey: KeyObject
  receivingKey: KeyObject
}

const SIGNING_KINDS: readonly string[] = ['ed25519', 'prime256v1']

/**
 * What can be decided from a request alone: the manufacturer certified the device, the device signed what it says, each certificate
 * request is signed by its own key, of the right kind, and names the device. Refused is thrown.
 */
export function proveDevice(
  request: OnboardingRequest,
  manufacturers: readonly (readonly X509Certificate[])[],
  at: Date,
): ProvenDevice {
  expectAttested(request, manufacturers, at)
  const signingKey = keyOf(request, 'signingRequest', 'signing_request_refused')
  const receivingKey = keyOf(request, 'receivingRequest', 'receiving_request_refused')
  if (!SIGNING_KINDS.includes(kindOf(signingKey))) refuse('signing_key_kind', kindOf(signingKey))
  if (receivingKey.asymmetricKeyType !== 'rsa') refuse('receiving_key_kind', kindOf(receivingKey))
  return { signingKey, receivingKey }
}

function expectAttested(
  request: OnboardingRequest,
  manufacturers: readonly (readonly X509Certificate[])[],
  at: Date,
): void {
  const certificate = attestationOf(request)
  const verdicts = manufacturers.map((issuers) =>
    checkChain(certificate, { issuers, at, usage: 'digitalSignature' }),
  )
  const details = verdicts.flatMap((verdict) => (verdict.valid ? [] : [verdict.detail]))
  if (details.length === verdicts.length) refuse('attestation_refused', details.join('; '))
  const { organizationalUnit: model, serialNumber: serial } = readName(subjectOf(certificate))
  if (serial !== request.serial || model !== request.model)
    refuse('attestation_wrong', 'certificate names another device')
  const { publicKey } = certificate
  const statement = statementBytes(request)
  if (!verifies(publicKey, signatureAlgorithm(publicKey), statement, request.attestation.signature))
    refuse('attestation_wrong', 'signature')
}

function attestationOf({ attestation }: OnboardingRequest): X509Certificate {
  try {
    return readCertificate(attestation.certificate)
  } catch (error) {
    if (error instanceof DerError) return refuse('attestation_refused', error.message)
    throw error
  }
}

function keyOf(
  request: OnboardingRequest,
  field: 'signingRequest' | 'receivingRequest',
  reason: TrustReason,
): KeyObject {
  const opened = openRequest(request[field])
  if (!opened.valid) return refuse(reason, opened.detail)
  const { organizationalUnit, serialNumber } = opened.value.subject
  if (serialNumber !== request.serial || organizationalUnit !== request.model) refuse('subject_wrong')
  return opened.value.publicKey
}
