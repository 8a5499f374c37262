import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import {
  type CertificateContent,
  type Issuer,
  issueCertificate,
  issueRoot,
} from '../../protocols/x509/certificate.ts'
import { type KeyPair, signerOf } from '../../protocols/x509/testing/authority.ts'

/** What a server of the bench shows of itself, and the root that its clients trust for that: PEM. */
export interface BenchTls {
  cert: string
  key: string
  root: string
}

/** TLS clients judge it by the machine's clock, whatever the bench's says. */
export const CERTIFICATE_VALIDITY = { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-01-01') }

/** Makes a server certificate for addresses or names, under a root of its own whose key is forgotten. */
export async function benchTls(hosts: readonly string[]): Promise<BenchTls> {
  const root = await rootOf('Tapbench TLS root', p256())
  const { publicKey, privateKey } = p256()
  const certificate = await issueCertificate(
    {
      ...content('Merchant ASE', publicKey),
      usages: ['digitalSignature'],
      purposes: ['serverAuth'],
      hosts,
    },
    root,
  )
  return { cert: certificate.toString(), key: pemOf(privateKey), root: root.certificate.toString() }
}

/** Makes a manufacturer of devices: its certificate and key, PEM. */
export async function benchFactory(): Promise<FactoryText> {
  const keys = p256()
  const { certificate } = await rootOf('Tapbench factory', keys)
  return { certificate: certificate.toString(), key: pemOf(keys.privateKey) }
}

async function rootOf(name: string, { publicKey, privateKey }: KeyPair): Promise<Issuer> {
  const sign = signerOf(privateKey)
  const whole = {
    ...content(name, publicKey),
    usages: ['keyCertSign', 'cRLSign'] as const,
    pathLength: 0,
  }
  return { certificate: await issueRoot(whole, sign), sign }
}

function content(commonName: string, publicKey: KeyObject): Omit<CertificateContent, 'usages'> {
  return {
    ...CERTIFICATE_VALIDITY,
    subject: { organization: 'Tapbench', commonName },
    publicKey,
    serial: serial(),
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function p256(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** 16 bytes, positive, without zeros in front. */
function serial(): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.of(1), randomBytes(15)]))
}

/** A factory as text: PEM of its certificate and of its key. */
export interface FactoryText {
  certificate: string
  key: string
}

/** The factory that signs what a device says of itself. */
export function manufacturerOf({ certificate, key }: FactoryText): Issuer {
  return { certificate: new X509Certificate(certificate), sign: signerOf(createPrivateKey(key)) }
}
