import { generateKeyPairSync } from 'node:crypto'
import { type CrlContent, issueCrl } from '../../../protocols/cms/crl.ts'
import { identityOf, readCertificate, subjectOf } from '../../../protocols/cms/identity.ts'
import { buildCredentialToken } from '../../../protocols/keyblock/tr34/credential-token.ts'
import type { DeviceReason } from '../../../protocols/onboarding/reasons.ts'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import { readName } from '../../../protocols/x509/name.ts'
import { testAuthority, testHolder, testRoot } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../../simulators/common/testing/test-keys.ts'
import { altering } from './faulty-http.ts'
import { DAY, type TrustRig } from './rig.ts'

/** What `POST /onboarding` answers; DER in base64. */
interface Answer {
  certificates: Record<string, string>
  issuers: string[]
  crl: string
  host: string
}

interface Forgery {
  reason: DeviceReason
  alter: (answer: Answer, rig: TrustRig) => Promise<object> | object
}

/** A client of a merchant ASE whose answers to an onboarding are right but for the forgery. */
export function forgingOnboardings(rig: TrustRig, { alter }: Forgery) {
  return altering(rig.http, '/onboarding', async (body) => ({
    ...(await alter(body as unknown as Answer, rig)),
  }))
}

/** Answers that a device does not take, and why. */
export const ONBOARDING_FORGERIES: Readonly<Record<string, Forgery>> = {
  'of another root': {
    reason: 'chain_refused',
    alter: async (answer) => ({
      ...answer,
      issuers: [answer.issuers[0], base64((await testRoot(testKeys('device-2'))).certificate.raw)],
    }),
  },
  'of a foreign authority with all that belongs to it': { reason: 'chain_refused', alter: foreignAnswer },
  'of an authority that the root did not certify': {
    reason: 'chain_refused',
    alter: async (answer) => {
      const rogue = await testAuthority(await testRoot(testKeys('device-2')), testKeys('other-authority'))
      return { ...answer, issuers: [base64(rogue.certificate.raw), answer.issuers[1]] }
    },
  },
  'certified by another authority': {
    reason: 'certificate_refused',
    alter: async (answer, rig) =>
      withSigning(answer, await reissued(answer.certificates.signing, await otherAuthority(rig))),
  },
  expired: {
    reason: 'certificate_refused',
    alter: async (answer, { keys }) =>
      withSigning(
        answer,
        await reissued(answer.certificates.signing, keys.issuer, { notAfter: new Date('2026-02-01') }),
      ),
  },
  'for another use': {
    reason: 'certificate_refused',
    alter: (answer) => withSigning(answer, answer.certificates.receiving ?? ''),
  },
  revoked: {
    reason: 'certificate_refused',
    alter: async (answer, rig) => {
      const { serial } = identityOf(der(answer.certificates.signing))
      const revoked = [{ serial, at: new Date(rig.clock.now()) }]
      return { ...answer, crl: base64(await crlOf(rig, { revoked })) }
    },
  },
  'with a list that is over': {
    reason: 'certificate_refused',
    alter: async (answer, rig) => ({
      ...answer,
      crl: base64(await crlOf(rig, { nextUpdate: new Date('2026-05-01') })),
    }),
  },
  'for another device': {
    reason: 'certificate_not_ours',
    alter: async (answer, { keys }) =>
      withSigning(
        answer,
        await reissued(answer.certificates.signing, keys.issuer, {
          subject: { organizationalUnit: 'TB-1', serialNumber: 'A-9999' },
        }),
      ),
  },
  'for another key': {
    reason: 'certificate_not_ours',
    alter: async (answer, { keys }) => {
      const { publicKey } = generateKeyPairSync('ed25519')
      const subject = readName(subjectOf(der(answer.certificates.signing)))
      return withSigning(answer, base64((await testHolder(keys.issuer, publicKey, { subject })).raw))
    },
  },
  'with a host without its list': {
    reason: 'host_refused',
    alter: (answer, { keys }) => ({ ...answer, host: base64(buildCredentialToken(keys.host)) }),
  },
  'with a host of another authority': {
    reason: 'host_refused',
    alter: async (answer, rig) => {
      const host = await testHolder(await otherAuthority(rig), testKeys('distribution-host').publicKey)
      return { ...answer, host: base64(buildCredentialToken(host, [await crlOf(rig)])) }
    },
  },
  'in another form': { reason: 'answer_malformed', alter: () => ({ terminalId: 'x' }) },
  'with a certificate that is none': {
    reason: 'answer_malformed',
    alter: (answer) => withSigning(answer, 'AAAA'),
  },
}

/** Everything as it should be, of somebody else's root. */
async function foreignAnswer(answer: Answer, rig: TrustRig): Promise<object> {
  const root = await testRoot(testKeys('device-2'))
  const issuer = await testAuthority(root, testKeys('other-authority'))
  const crl = await crlOf(rig, {}, issuer)
  const host = await testHolder(issuer, testKeys('distribution-host').publicKey)
  const own = async (field: 'signing' | 'receiving', usage: 'digitalSignature' | 'keyEncipherment') =>
    reissued(answer.certificates[field], issuer, {
      subject: readName(subjectOf(der(answer.certificates[field]))),
      usages: [usage],
    })
  return {
    ...answer,
    certificates: {
      signing: await own('signing', 'digitalSignature'),
      receiving: await own('receiving', 'keyEncipherment'),
    },
    issuers: [issuer, root].map(({ certificate }) => base64(certificate.raw)),
    crl: base64(crl),
    host: base64(buildCredentialToken(host, [crl])),
  }
}

function otherAuthority({ keys }: TrustRig): Promise<Issuer> {
  return testAuthority(keys.root, testKeys('other-authority'), { subject: { commonName: 'Other' } })
}

function crlOf(
  { keys, clock }: TrustRig,
  changes: Partial<CrlContent> = {},
  issuer = keys.issuer,
): Promise<Uint8Array> {
  const [thisUpdate, nextUpdate] = [new Date(clock.now()), new Date(clock.now() + DAY)]
  return issueCrl(issuer, { number: 99, thisUpdate, nextUpdate, revoked: [], ...changes })
}

async function reissued(
  certificate: string | undefined,
  issuer: Issuer,
  changes: Parameters<typeof testHolder>[2] = {},
): Promise<string> {
  return base64((await testHolder(issuer, der(certificate).publicKey, changes)).raw)
}

function withSigning(answer: Answer, signing: string): Answer {
  return { ...answer, certificates: { ...answer.certificates, signing } }
}

function der(text = '') {
  return readCertificate(Buffer.from(text, 'base64'))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
