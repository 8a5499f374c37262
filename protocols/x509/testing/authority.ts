import { type KeyObject, sign, type X509Certificate } from 'node:crypto'
import { type CertificateContent, type Issuer, issueCertificate, issueRoot } from '../certificate.ts'
import type { Sign } from '../signature.ts'

export interface KeyPair {
  publicKey: KeyObject
  privateKey: KeyObject
}

/** Signs under a private key that is at hand, by the algorithm of its kind. */
export function signerOf(key: KeyObject): Sign {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return async (data) => new Uint8Array(sign(hash, data, key))
}

/** Around the day of the tests' clocks. */
export const VALIDITY = {
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2036-01-01T00:00:00Z'),
}
const AUTHORITY_USES = { ...VALIDITY, usages: ['keyCertSign', 'cRLSign'] as const }

/** A root of tests. */
export async function testRoot(keys: KeyPair, changes: Partial<CertificateContent> = {}): Promise<Issuer> {
  const sign = signerOf(keys.privateKey)
  const content: CertificateContent = {
    ...AUTHORITY_USES,
    subject: { organization: 'Tapbench', commonName: 'Test root' },
    publicKey: keys.publicKey,
    serial: Uint8Array.of(1),
    pathLength: 1,
    ...changes,
  }
  return { certificate: await issueRoot(content, sign), sign }
}

/** An authority below another one. */
export async function testAuthority(
  issuer: Issuer,
  keys: KeyPair,
  changes: Partial<CertificateContent> = {},
): Promise<Issuer> {
  const content: CertificateContent = {
    ...AUTHORITY_USES,
    subject: { organization: 'Tapbench', commonName: 'Test device authority' },
    publicKey: keys.publicKey,
    serial: Uint8Array.of(2),
    pathLength: 0,
    ...changes,
  }
  return { certificate: await issueCertificate(content, issuer), sign: signerOf(keys.privateKey) }
}

/** A certificate of a holder that is no authority. */
export function testHolder(
  issuer: Issuer,
  publicKey: KeyObject,
  changes: Partial<CertificateContent> = {},
): Promise<X509Certificate> {
  const content: CertificateContent = {
    ...VALIDITY,
    subject: {
      organization: 'Tapbench',
      organizationalUnit: 'TB-1',
      commonName: 'pos-1',
      serialNumber: 'A-0001',
    },
    publicKey,
    serial: Uint8Array.of(3),
    usages: ['digitalSignature'],
    ...changes,
  }
  return issueCertificate(content, issuer)
}
