import type { X509Certificate } from 'node:crypto'
import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { DUKPT_NAMES, type DukptName } from '../../../protocols/dukpt/schemes.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import {
  type CertificateContent,
  type Issuer,
  issueCertificate,
  issueRoot,
} from '../../../protocols/x509/certificate.ts'
import type { Random } from '../../common/uuid.ts'
import { serialNumber } from './serial-number.ts'

/** Labels in the HSM of what the trust in terminals rests on. */
export const TRUST_KEYS = {
  root: 'terminals/root',
  authority: 'terminals/device authority',
  host: 'terminals/key distribution host',
  configurator: 'terminals/configuration',
  bases: {
    AES: { PIN: 'terminals/BDK PIN', SRED: 'terminals/BDK SRED' },
    TDES: { PIN: 'terminals/BDK PIN, TDES', SRED: 'terminals/BDK SRED, TDES' },
  },
} as const satisfies Record<string, string | Record<DukptName, Record<KeyPurpose, string>>>

/** The certificates of the pairs; nothing in them is secret. */
export interface TrustCertificates {
  /** Signed by itself; devices are made with it. */
  root: X509Certificate
  /** Below the root; certifies terminals, and those below. */
  authority: X509Certificate
  /** Sends keys to terminals (TR-34). */
  host: X509Certificate
  /** Signs configurations of terminals. */
  configurator: X509Certificate
}

type PairName = keyof TrustCertificates

const YEAR = 365 * 24 * 60 * 60 * 1000
// Terminals' clocks drift, and a certificate is used at once.
const BACKDATED_MS = 60_000

/** As long as the working keys of terminals (X9.24-3:2017, 6.3.2), which the HSM derives from it in the token. */
const BASES = { AES: 'aes-128', TDES: 'tdes-2' } as const
/** TR-34 wants the host's key to be of RSA; the others are of P-256. */
const PAIRS = {
  root: { algorithm: 'ec-p256', usage: 'certificate authority' },
  authority: { algorithm: 'ec-p256', usage: 'certificate authority' },
  host: { algorithm: 'rsa-2048', usage: 'key distribution host' },
  configurator: { algorithm: 'ec-p256', usage: 'signing' },
} as const

/** A pair is valid as long as its certificate: the longest at the root. */
const YEARS: Readonly<Record<PairName, number>> = { root: 20, authority: 10, host: 5, configurator: 5 }
const CERTIFY = { usages: ['keyCertSign', 'cRLSign'] } as const

type Terms = Pick<CertificateContent, 'usages' | 'purposes' | 'pathLength'>
const TERMS: Readonly<Record<PairName, Terms>> = {
  root: { ...CERTIFY, pathLength: 1 },
  authority: { ...CERTIFY, pathLength: 0 },
  host: { usages: ['digitalSignature'] },
  configurator: { usages: ['digitalSignature'], purposes: ['documentSigning'] },
}
const NAMES: Readonly<Record<PairName, string>> = {
  root: 'Root of terminals',
  authority: 'Device authority',
  host: 'Key distribution host',
  configurator: 'Configuration of terminals',
}

/**
 * Makes in the HSM all keys that the trust in terminals rests on: a root, the device authority below it, the key distribution host, the
 * signer of configurations and base derivation keys for each purpose. `clock`: the one that the HSM has. Throws HsmError,
 * KEY_EXISTS when it was done before.
 */
export async function makeTrust(
  hsm: Hsm,
  { clock, random }: { clock: Clock; random: Random },
): Promise<TrustCertificates> {
  const now = clock.now()
  for (const name of Object.keys(PAIRS) as PairName[])
    await hsm.generateKeyPair({ ...PAIRS[name], label: TRUST_KEYS[name], validUntil: endOf(name, now) })
  await makeBases(hsm)
  const contentOf = (name: PairName): CertificateContent => ({
    ...TERMS[name],
    subject: { organization: 'Tapbench', commonName: NAMES[name] },
    publicKey: hsm.certificates.publicKey(TRUST_KEYS[name]),
    serial: serialNumber(random),
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(endOf(name, now)),
  })
  const issuerOf = (name: PairName, certificate: X509Certificate): Issuer => ({
    certificate,
    sign: hsm.certificates.signCertificate(TRUST_KEYS[name]),
  })
  const root = await issueRoot(contentOf('root'), hsm.certificates.signCertificate(TRUST_KEYS.root))
  const authority = await issueCertificate(contentOf('authority'), issuerOf('root', root))
  const issuer = issuerOf('authority', authority)
  const host = await issueCertificate(contentOf('host'), issuer)
  return { root, authority, host, configurator: await issueCertificate(contentOf('configurator'), issuer) }
}

/** Makes the base derivation keys that are not there yet: the HSM of an earlier ceremony has those of AES alone. Throws HsmError. */
export async function makeBases(hsm: Pick<Hsm, 'keys' | 'dukpt'>): Promise<void> {
  const there = new Set(hsm.keys.map(({ label }) => label))
  for (const name of DUKPT_NAMES)
    for (const label of Object.values(TRUST_KEYS.bases[name]))
      if (!there.has(label)) await hsm.dukpt.generateBdk({ label, algorithm: BASES[name] })
}

function endOf(name: PairName, now: number): number {
  return now + YEARS[name] * YEAR
}
