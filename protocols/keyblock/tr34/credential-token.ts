import type { X509Certificate } from 'node:crypto'
import { readCertificate } from '../../cms/identity.ts'
import { OID } from '../../cms/oids.ts'
import { buildCarrier, contentInfo, parseSignedData } from '../../cms/signed-data.ts'
import type { Verdict } from '../../verdict/verdict.ts'
import { judgedToken, refuse, type Tr34Reason } from './reasons.ts'
import { expectNotRevoked, expectTrusted, type Trust } from './trust.ts'

/**
 * CT_KDH or CT_KRD, the certificate by which host and device are bound to each other (TR-34:2019, B.6 and B.7). `crls`: the host's token
 * carries the list of its authority.
 */
export function buildCredentialToken(
  certificate: X509Certificate,
  crls: readonly Uint8Array[] = [],
): Uint8Array {
  return contentInfo(OID.signedData, buildCarrier(null, { certificates: [certificate.raw], crls }))
}

/** The certificate of a token, once it leads to the authority, is valid and is not revoked. */
export function openCredentialToken(token: Uint8Array, trust: Trust): Verdict<X509Certificate, Tr34Reason> {
  return judgedToken(() => {
    const { certificates, signers, ...carrier } = parseSignedData(token)
    const [first, ...others] = certificates
    if (first === undefined || others.length > 0 || signers.length > 0)
      return refuse('malformed', 'expected one certificate and no signature')
    const certificate = readCertificate(first)
    expectTrusted(certificate, trust)
    expectNotRevoked(certificate, carrier, trust)
    return certificate
  })
}
