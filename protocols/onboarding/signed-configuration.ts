import type { X509Certificate } from 'node:crypto'
import { readCertificate } from '../cms/identity.ts'
import { DerError } from '../der/error.ts'
import { judged, Refused, type Verdict } from '../verdict/verdict.ts'
import type { Issuer } from '../x509/certificate.ts'
import { checkChain } from '../x509/chain.ts'
import { signatureAlgorithm, verifies } from '../x509/signature.ts'

/** A terminal's configuration as it travels: what was signed, who signed, and whether that one may still sign. */
export interface SignedConfiguration {
  /** JSON in UTF-8, signed byte by byte. */
  content: Uint8Array
  /** By the algorithm of the signer's kind of key, see `Sign`. */
  signature: Uint8Array
  /** The signer's certificate, DER. */
  signer: Uint8Array
  /** Revocation list of the signer's authority, DER. */
  crl: Uint8Array
}

export type ConfigurationFault = 'signer' | 'signature'

/** Signs a configuration. Throws what `sign` throws. */
export async function signConfiguration(
  content: Uint8Array,
  { certificate, sign }: Issuer,
  crl: Uint8Array,
): Promise<SignedConfiguration> {
  return { content, signature: await sign(content), signer: new Uint8Array(certificate.raw), crl }
}

/**
 * The content, when the authority certified its signer for signing documents (RFC 9336) and did not revoke it: terminals' own
 * certificates are of the same authority. `issuers`: the authority, then its issuers up to the root.
 */
export function openConfiguration(
  { content, signature, signer, crl }: SignedConfiguration,
  issuers: readonly X509Certificate[],
  at: Date,
): Verdict<Uint8Array, ConfigurationFault> {
  return judged(() => {
    const certificate = certificateOf(signer)
    const rules = { issuers, at, usage: 'digitalSignature', purpose: 'documentSigning', crl } as const
    const checked = checkChain(certificate, rules)
    if (!checked.valid) return refuse('signer', checked.detail)
    const { publicKey } = certificate
    if (!verifies(publicKey, signatureAlgorithm(publicKey), content, signature)) refuse('signature', 'wrong')
    return content
  })
}

function certificateOf(der: Uint8Array): X509Certificate {
  try {
    return readCertificate(der)
  } catch (error) {
    if (error instanceof DerError) return refuse('signer', error.message)
    throw error
  }
}

function refuse(reason: ConfigurationFault, detail: string): never {
  throw new Refused(reason, `${reason}: ${detail}`)
}
