import type { X509Certificate } from 'node:crypto'
import { readCertificate } from '../../../protocols/cms/identity.ts'

/** What a device keeps of its onboarding. */
export interface Registration {
  /** Name of the terminal at the merchant ASE, the `keyid` of its signatures. */
  terminalId: string
  signing: X509Certificate
  receiving: X509Certificate
  /** The authority of the certificates, then its issuers up to the root. */
  issuers: readonly X509Certificate[]
  /** The key distribution host the device is bound to. */
  host: X509Certificate
}

/** Certificates in DER, base64. */
export interface SavedRegistration {
  terminalId: string
  signing: string
  receiving: string
  issuers: string[]
  host: string
}

export function saveRegistration({
  terminalId,
  signing,
  receiving,
  issuers,
  host,
}: Registration): SavedRegistration {
  return {
    terminalId,
    signing: base64(signing),
    receiving: base64(receiving),
    issuers: issuers.map(base64),
    host: base64(host),
  }
}

/** Throws DerError. */
export function restoreRegistration(saved: SavedRegistration): Registration {
  const { terminalId, signing, receiving, issuers, host } = saved
  return {
    terminalId,
    signing: certificateOf(signing),
    receiving: certificateOf(receiving),
    issuers: issuers.map(certificateOf),
    host: certificateOf(host),
  }
}

function base64(certificate: X509Certificate): string {
  return certificate.raw.toString('base64')
}

function certificateOf(text: string): X509Certificate {
  return readCertificate(Buffer.from(text, 'base64'))
}
