import type { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { readCertificate, subjectOf } from '../../../protocols/cms/identity.ts'
import { DerError } from '../../../protocols/der/error.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { openCredentialToken } from '../../../protocols/keyblock/tr34/credential-token.ts'
import { statementBytes } from '../../../protocols/onboarding/attestation.ts'
import { checkChain } from '../../../protocols/x509/chain.ts'
import type { KeyUsage } from '../../../protocols/x509/extensions.ts'
import { readName } from '../../../protocols/x509/name.ts'
import { buildRequest } from '../../../protocols/x509/request.ts'
import { DEVICE_KEYS, type Device } from '../device/device.ts'
import type { Registration } from '../device/registration.ts'
import { type CeremonyOutcome, ceremony, stop } from './outcome.ts'
import type { TrustApi } from './trust-api.ts'

export interface CeremonyOptions {
  api: TrustApi
  clock: Clock
  journal: Journal
  /** Puts the device's file away; called after each change, so that a cut finds the device in one of its states. */
  keep: (device: Device) => Promise<void>
}

export interface OnboardingOrder {
  /** From the merchant. */
  activationCode: string
  signingKind: 'Ed25519' | 'P-256'
}

const base64 = z
  .base64()
  .max(32_768)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const onboardingAnswer = z.object({
  terminalId: z.string().min(1).max(64),
  certificates: z.object({ signing: base64, receiving: base64 }),
  issuers: z.array(base64).min(1).max(4),
  crl: base64,
  host: base64,
})

type OnboardingAnswer = z.infer<typeof onboardingAnswer>

/**
 * Makes a device a terminal: key pairs made inside, certificates asked for, and everything that comes back checked before any of it is
 * kept. When no answer came, the same request is sent again the next time, whatever the order says.
 */
export function onboard(
  device: Device,
  order: OnboardingOrder,
  options: CeremonyOptions,
): Promise<CeremonyOutcome> {
  return ceremony(async () => {
    if (device.parts.whiteBox.tampered) stop('tampered')
    if (device.registration !== null) stop('onboarded_already')
    if (device.asked === null) {
      device.asked = await requestBody(device, order)
      await options.keep(device)
    }
    const answer = await ask(device, device.asked, options)
    device.registration = registrationOf(answer, device, new Date(options.clock.now()))
    device.asked = null
    await options.keep(device)
    note(
      options,
      `onboarded as ${answer.terminalId}: ${device.registration.signing.subject.replaceAll('\n', ', ')}`,
    )
  })
}

async function ask(device: Device, body: string, { api }: CeremonyOptions): Promise<OnboardingAnswer> {
  try {
    return await api.post('/onboarding', body, onboardingAnswer)
  } catch (error) {
    // Refused for what it says: the next attempt says something new. Without an answer it must stay the same.
    if ((error as Error).name === 'RefusedByAse') device.asked = null
    throw error
  }
}

async function requestBody(
  { parts }: Device,
  { activationCode, signingKind }: OnboardingOrder,
): Promise<string> {
  const { serial, model, keyStore, attestation } = parts
  const subject = { organizationalUnit: model, commonName: serial, serialNumber: serial }
  const request = (name: string, kind: 'Ed25519' | 'P-256' | 'RSA') =>
    buildRequest({ subject, publicKey: keyStore.generate(name, kind) }, (data) => keyStore.sign(name, data))
  const signingRequest = await request(DEVICE_KEYS.signing, signingKind)
  const receivingRequest = await request(DEVICE_KEYS.receiving, 'RSA')
  const statement = { serial, model, activationCode, signingRequest, receivingRequest }
  const signature = await keyStore.sign(DEVICE_KEYS.attestation, statementBytes(statement))
  return JSON.stringify({
    ...statement,
    signingRequest: text(signingRequest),
    receivingRequest: text(receivingRequest),
    attestation: { certificate: text(attestation.raw), signature: text(signature) },
  })
}

function registrationOf(answer: OnboardingAnswer, device: Device, at: Date): Registration {
  const issuers = chainOf(answer, device, at)
  const own = (field: 'signing' | 'receiving', usage: KeyUsage) => {
    const certificate = certificateOf(answer.certificates[field])
    const checked = checkChain(certificate, { issuers, at, usage, crl: answer.crl })
    if (!checked.valid) stop('certificate_refused', `${field}: ${checked.detail}`)
    expectOurs(certificate, field, device)
    return certificate
  }
  const signing = own('signing', 'digitalSignature')
  const receiving = own('receiving', 'keyEncipherment')
  const host = openCredentialToken(answer.host, { issuers, at, crl: 'required' })
  if (!host.valid) return stop('host_refused', host.detail)
  return { terminalId: answer.terminalId, signing, receiving, issuers, host: host.value }
}

/** The authority and its issuers, when they end in the root that the device was made with. */
function chainOf({ issuers }: OnboardingAnswer, { parts }: Device, at: Date): X509Certificate[] {
  const [authority, ...others] = issuers.map(certificateOf)
  const last = others.at(-1) ?? authority
  if (authority === undefined || last === undefined || !last.raw.equals(parts.root.raw))
    return stop('chain_refused', 'another root')
  const checked = checkChain(authority, { issuers: others, at, usage: 'keyCertSign' })
  if (!checked.valid) stop('chain_refused', checked.detail)
  return [authority, ...others]
}

function expectOurs(certificate: X509Certificate, field: 'signing' | 'receiving', { parts }: Device): void {
  const { serialNumber, organizationalUnit } = readName(subjectOf(certificate))
  const named = serialNumber === parts.serial && organizationalUnit === parts.model
  if (!named || !certificate.publicKey.equals(parts.keyStore.publicKey(DEVICE_KEYS[field])))
    stop('certificate_not_ours', field)
}

function certificateOf(der: Uint8Array): X509Certificate {
  try {
    return readCertificate(der)
  } catch (error) {
    if (error instanceof DerError) return stop('answer_malformed', error.message)
    throw error
  }
}

function note({ journal }: CeremonyOptions, detail: string): void {
  journal.record({ kind: 'terminal', step: 'Onboarding', detail })
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
