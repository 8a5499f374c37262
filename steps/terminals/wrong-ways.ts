import { createPrivateKey, generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { type Issuer, issueCertificate } from '../../protocols/x509/certificate.ts'
import { type KeyPair, signerOf, testRoot, VALIDITY } from '../../protocols/x509/testing/authority.ts'
import type { TlsClient } from '../../simulators/common/http-client.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import type { TerminalOptions } from '../../simulators/pos/terminal.ts'
import type { Bench } from '../bench/bench.ts'

/** What a terminal does otherwise than its onboarding says. */
export type Wrong = Partial<Pick<TerminalOptions, 'key' | 'as' | 'posApiUrl'>> & { id?: string }

type Make = (bench: Bench, own: Device, other: Device) => Promise<Wrong> | Wrong

const NO_CERTIFICATE: TlsClient = { secureContext: (ca = []) => createSecureContext({ ca: [...ca] }) }

/** Ways of an onboarded terminal to the POS API that are not its own, in the words of scenarios. */
export const WRONG_WAYS: Readonly<Record<string, Make>> = {
  'shows no certificate': () => ({ as: NO_CERTIFICATE }),
  'calls over plain HTTP': ({ services }) => ({ posApiUrl: services.plan.posApiUrl }),
  'shows the certificate of another terminal': (_, __, other) => ({ as: other.tlsClient }),
  'signs as another terminal': (_, __, other) => ({ key: other.signRequest, id: nameOf(other) }),
  'signs with the key of another terminal': (_, __, other) => ({ key: other.signRequest }),
  'shows a certificate of another authority': async () => ({
    as: await foreign(await testRoot(p256()), p256()),
  }),
  'shows a certificate that its factory issued': async ({ services }) => {
    const { certificate, key } = services.plan.factory
    const issuer = {
      certificate: new X509Certificate(certificate),
      sign: signerOf(createPrivateKey(key)),
    }
    return { as: await foreign(issuer, p256()) }
  },
}

function nameOf({ registration }: Device): string {
  if (registration === null) throw new Error('expected an onboarded device')
  return registration.terminalId
}

/** Somebody else's certificate for a key of one's own. */
async function foreign(issuer: Issuer, { publicKey, privateKey }: KeyPair): Promise<TlsClient> {
  const certificate = await issueCertificate(
    {
      ...VALIDITY,
      subject: { organizationalUnit: 'TB-1', commonName: 'terminal-000001', serialNumber: 'TB1-0001' },
      publicKey,
      serial: new Uint8Array(Buffer.concat([Buffer.of(1), randomBytes(15)])),
      usages: ['digitalSignature'],
      purposes: ['clientAuth'],
    },
    issuer,
  )
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  return {
    secureContext: (ca = []) => createSecureContext({ key, cert: certificate.toString(), ca: [...ca] }),
  }
}

function p256(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}
