import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { DUKPT_SCHEMES, type DukptName } from '../../../protocols/dukpt/schemes.ts'
import { buildKeyToken } from '../../../protocols/keyblock/tr34/key-token.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import type { CertificateContent, Issuer } from '../../../protocols/x509/certificate.ts'
import { signerOf, testAuthority, testHolder, testRoot } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../common/testing/test-keys.ts'
import type { Random } from '../../common/uuid.ts'
import type { InitialKeyOrder, TrustKeys } from '../terminals/trust-keys.ts'

/** Base derivation keys of tests. */
export const TEST_BDKS: Readonly<Record<KeyPurpose, Uint8Array>> = {
  PIN: digest('PIN'),
  SRED: digest('SRED'),
}

/** A base derivation key of tests: 32 bytes, of TDES 16. */
export function testBdk(purpose: KeyPurpose, dukpt: DukptName): Uint8Array {
  return dukpt === 'AES' ? TEST_BDKS[purpose] : digest(`${purpose}, TDES`).subarray(0, 16)
}

/** {@link TrustKeys} by the pure functions, with the means to issue what tests need beside. */
export interface SoftwareTrustKeys extends TrustKeys {
  issuer: Issuer
  root: Issuer
}

/** Keys in software, for tests alone. */
export async function softwareTrustKeys(random: Random): Promise<SoftwareTrustKeys> {
  const root = await testRoot(testKeys('root'))
  const issuer = await testAuthority(root, testKeys('device-authority'))
  const hostKeys = testKeys('distribution-host')
  const host = await testHolder(issuer, hostKeys.publicKey, {
    subject: { commonName: 'Key distribution host' },
  })
  const kdh = {
    certificate: host,
    sign: (data: Uint8Array) => new Uint8Array(sign('sha256', data, hostKeys.privateKey)),
  }
  const exportInitialKey = async ({ purpose, dukpt, id, header, krd, freshness, crl }: InitialKeyOrder) => {
    const scheme = DUKPT_SCHEMES[dukpt]
    const key = scheme.initialKey(testBdk(purpose, dukpt), id)
    const kcv = scheme.checkValue(key)
    const sent = { key, header, cipher: 'aes-128-cbc', crls: [crl] } as const
    return { token: buildKeyToken(sent, kdh, krd, freshness, random), kcv }
  }
  return {
    authority: [issuer.certificate, root.certificate],
    host,
    configurator: await testConfigurator(issuer),
    bdkIds: {
      AES: { PIN: fromHex('00000001'), SRED: fromHex('00000002') },
      TDES: { PIN: fromHex('00000003'), SRED: fromHex('00000004') },
    },
    signCertificate: issuer.sign,
    signCrl: issuer.sign,
    exportInitialKey,
    issuer,
    root,
  }
}

/** A signer of configurations with a key of its own. */
export async function testConfigurator(
  issuer: Issuer,
  changes: Partial<CertificateContent> = {},
): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = await testHolder(issuer, publicKey, {
    subject: { commonName: 'Configuration of terminals' },
    serial: Uint8Array.of(4),
    purposes: ['documentSigning'],
    ...changes,
  })
  return { certificate, sign: signerOf(privateKey) }
}

function digest(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`test base derivation key ${text}`).digest())
}
