import { generateKeyPairSync } from 'node:crypto'
import { parseCrl } from '../../../../protocols/cms/crl.ts'
import { issueCertificate } from '../../../../protocols/x509/certificate.ts'
import type { OperationName } from '../../requests.ts'
import { type Tr34Parties, tr34Parties } from '../tr34-parties.ts'
import { type Cases, newLabel } from './case.ts'
import type { SpiedHsm } from './spied-hsm.ts'

const FRESHNESS = { randomNumber: new Uint8Array(8) }
const BASE = Buffer.from('"@method": POST\n"@signature-params": ("@method");created=1')
const ID = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1)
const known = new WeakMap<SpiedHsm, Promise<Tr34Parties>>()

/** Certificates, requests, and keys in tokens of TR-34; parties are made past the spy. */
export const TRUST_CASES = {
  SignCertificate: {
    'ec-p256': async (spied) => {
      const { ca } = await partiesOf(spied)
      const { publicKey } = generateKeyPairSync('ed25519')
      const content = {
        subject: { commonName: 'x' },
        publicKey,
        serial: Uint8Array.of(99),
        notBefore: ca.certificate.validFromDate,
        notAfter: ca.certificate.validToDate,
        usages: ['digitalSignature'] as const,
      }
      await issueCertificate(content, { ...ca, sign: spied.hsm.certificates.signCertificate('ca') })
      return {}
    },
  },
  SignCrl: {
    'ec-p256': async (spied) => {
      const { revoking } = await partiesOf(spied)
      await spied.hsm.certificates.signCrl('ca')(parseCrl(await revoking()).tbs)
      return {}
    },
  },
  SignCsr: {
    'rsa-2048': async (spied) => {
      await partiesOf(spied)
      await spied.hsm.certificates.signCsr({ key: 'krd', subject: { commonName: 'x' } })
      return {}
    },
  },
  SignRequest: {
    ed25519: async ({ hsm, unseen }) => {
      const key = newLabel()
      await unseen.generateKeyPair({ label: key, algorithm: 'ed25519', usage: 'request signing' })
      await hsm.signRequest({ key, base: BASE })
      return {}
    },
  },
  ExportTr34: {
    'aes-256': async (spied) => {
      await spied.hsm.tr34.exportKey({ key: 'PIN working aes-256', ...(await deliveryOf(spied)) })
      return {}
    },
  },
  ExportInitialKey: {
    'aes-128': async (spied) => {
      const header = 'D0016B1AX00N0000'
      const route = await deliveryOf(spied)
      await spied.hsm.tr34.exportInitialKey({ base: 'DUKPT base aes-128', id: ID, header, ...route })
      return {}
    },
  },
  ImportTr34: {
    'aes-256': async (spied) => {
      const { host, receiver, trusted } = await partiesOf(spied)
      const delivery = await deliveryOf(spied)
      const sent = await spied.unseen.tr34.exportKey({ key: 'PIN working aes-256', ...delivery })
      if (!sent.ok) throw new Error(`expected a token, got ${sent.detail}`)
      await spied.hsm.tr34.importKey({
        label: newLabel(),
        usage: 'PIN working',
        krd: { key: 'krd', certificate: receiver },
        kdh: trusted(host),
        freshness: FRESHNESS,
        crl: 'optional',
        token: sent.token,
      })
      return {}
    },
  },
} satisfies Partial<Record<OperationName, Cases>>

function partiesOf(spied: SpiedHsm): Promise<Tr34Parties> {
  const parties = known.get(spied) ?? tr34Parties(spied.unseen, Date.now())
  known.set(spied, parties)
  return parties
}

async function deliveryOf(spied: SpiedHsm) {
  const { host, receiver, trusted } = await partiesOf(spied)
  return { kdh: { key: 'kdh', certificate: host }, krd: trusted(receiver), freshness: FRESHNESS }
}
