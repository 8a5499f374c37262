import type { KeyObject, X509Certificate } from 'node:crypto'
import { issueCrl } from '../../../protocols/cms/crl.ts'
import { identityOf } from '../../../protocols/cms/identity.ts'
import {
  type CertificateContent,
  type Issuer,
  issueCertificate,
  issueRoot,
} from '../../../protocols/x509/certificate.ts'
import type { Hsm } from '../hsm.ts'
import type { TrustedParty } from '../tr34.ts'

/** An authority `ca`, a host `kdh` and a device `krd`, whose pairs the HSM has under these labels. */
export interface Tr34Parties {
  readonly ca: Issuer
  readonly host: X509Certificate
  readonly receiver: X509Certificate
  /** What the authority's list of `certificates` says, DER. */
  revoking(...certificates: X509Certificate[]): Promise<Uint8Array>
  certify(name: string, publicKey: KeyObject, changes?: Partial<CertificateContent>): Promise<X509Certificate>
  /** A certificate of the authority, as the HSM is to trust it. */
  trusted(certificate: X509Certificate): TrustedParty
}

const HOST = { usages: ['digitalSignature'] as const }
const DAY = 86_400_000

/** Makes the pairs and their certificates, valid for a day on either side of `at`, milliseconds since 1970. */
export async function tr34Parties(hsm: Hsm, at: number): Promise<Tr34Parties> {
  await hsm.generateKeyPair({ label: 'ca', algorithm: 'ec-p256', usage: 'certificate authority' })
  await hsm.generateKeyPair({ label: 'kdh', algorithm: 'rsa-2048', usage: 'key distribution host' })
  await hsm.generateKeyPair({ label: 'krd', algorithm: 'rsa-2048', usage: 'key receiving device' })
  const validity = { notBefore: new Date(at - DAY), notAfter: new Date(at + DAY) }
  let serials = 0
  const contentOf = (commonName: string, publicKey: KeyObject) => ({
    ...validity,
    subject: { commonName },
    publicKey,
    serial: Uint8Array.of(++serials),
  })
  const sign = hsm.certificates.signCertificate('ca')
  const authority = contentOf('CA', hsm.certificates.publicKey('ca'))
  const usages = ['keyCertSign', 'cRLSign'] as const
  const ca = { certificate: await issueRoot({ ...authority, usages, pathLength: 0 }, sign), sign }
  const certify: Tr34Parties['certify'] = (name, publicKey, changes) =>
    issueCertificate({ ...contentOf(name, publicKey), usages: ['keyEncipherment'], ...changes }, ca)
  const revoking: Tr34Parties['revoking'] = (...certificates) => {
    const revoked = certificates.map((one) => ({ serial: identityOf(one).serial, at: new Date(at) }))
    const list = { number: 1, thisUpdate: validity.notBefore, nextUpdate: validity.notAfter, revoked }
    return issueCrl({ certificate: ca.certificate, sign: hsm.certificates.signCrl('ca') }, list)
  }
  return {
    ca,
    host: await certify('KDH', hsm.certificates.publicKey('kdh'), HOST),
    receiver: await certify('KRD', hsm.certificates.publicKey('krd')),
    revoking,
    certify,
    trusted: (certificate) => ({ certificate, issuers: [ca.certificate], authority: 'ca' }),
  }
}
