import assert from 'node:assert/strict'
import { sign, type X509Certificate } from 'node:crypto'
import { concat, fromHex } from '../../../protocols/bytes/bytes.ts'
import { issueCrl, type Revocation } from '../../../protocols/cms/crl.ts'
import { identityOf, type SigningParty } from '../../../protocols/cms/identity.ts'
import { AES_DUKPT } from '../../../protocols/dukpt/aes.ts'
import { buildKeyToken, type Freshness } from '../../../protocols/keyblock/tr34/key-token.ts'
import { openRandomToken } from '../../../protocols/keyblock/tr34/random-token.ts'
import type { Tr34Reason } from '../../../protocols/keyblock/tr34/reasons.ts'
import { initialKeyHeader, type KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import { testHolder } from '../../../protocols/x509/testing/authority.ts'
import type { HttpCall } from '../../../simulators/common/http-client.ts'
import { testKeys } from '../../../simulators/common/testing/test-keys.ts'
import { TEST_BDKS } from '../../../simulators/merchant-ase/testing/software-trust-keys.ts'
import type { Device } from '../../../simulators/pos/device/device.ts'
import { seeded } from '../../../simulators/pos/testing/factory.ts'
import { DAY, type TrustRig } from './rig.ts'

/** What a key token deviates in; everything else is right. */
export interface Forgery {
  purpose?: KeyPurpose
  header?: string
  krd?: X509Certificate
  freshness?: Freshness
  host?: SigningParty
  /** Null for none. */
  crl?: Uint8Array | null
  change?: (token: Uint8Array) => Uint8Array
}

// Identifiers that no generation of the merchant ASE's has.
let counter = 0x7000

/** Tokens of a host that answers rightly but for the forgery, which is in the token for the PIN alone. */
export async function forgedTokens(
  rig: TrustRig,
  device: Device,
  { body: asked }: HttpCall,
  forgery: Forgery,
): Promise<Record<KeyPurpose, string>> {
  const opened = openRandomToken(Buffer.from(JSON.parse(String(asked)).randomToken, 'base64'))
  const krd = device.registration?.receiving
  if (!opened.valid || krd === undefined)
    return assert.fail('expected an onboarded device that asks in two passes')
  const usual = {
    krd,
    freshness: { randomNumber: opened.value },
    crl: await crlOf(rig),
    host: hostOf(rig.keys.host),
  }
  return { PIN: build(rig, 'PIN', { ...usual, ...forgery }), SRED: build(rig, 'SRED', usual) }
}

function build(
  { keys }: TrustRig,
  purpose: KeyPurpose,
  forgery: Forgery & Required<Pick<Forgery, 'krd' | 'freshness' | 'host' | 'crl'>>,
): string {
  const { krd, freshness, host, crl } = forgery
  const label = forgery.purpose ?? purpose
  const id = concat(keys.bdkIds.AES[label], fromHex((counter++).toString(16).padStart(8, '0')))
  const key = AES_DUKPT.initialKey(TEST_BDKS[label], id)
  const header = forgery.header ?? initialKeyHeader(label, AES_DUKPT, id)
  const sent = { key, header, cipher: 'aes-128-cbc' as const, ...(crl === null ? {} : { crls: [crl] }) }
  const made = buildKeyToken(sent, host, krd, freshness, seeded(`forged ${counter}`))
  return Buffer.from(forgery.change?.(made) ?? made).toString('base64')
}

/** Tokens that are refused: why TR-34 says so, and what is wrong with them. */
export const FORGERIES: Readonly<
  Record<string, { reason: Tr34Reason; forgery: (rig: TrustRig) => Promise<Forgery> | Forgery }>
> = {
  'answers another random number': {
    reason: 'random-wrong',
    forgery: () => ({ freshness: { randomNumber: new Uint8Array(16) } }),
  },
  'is of one pass where two were asked for': {
    reason: 'random-missing',
    forgery: ({ clock }) => ({ freshness: { signingTime: new Date(clock.now()) } }),
  },
  'is for another device': {
    reason: 'recipient-wrong',
    forgery: async ({ keys }) => ({
      krd: await testHolder(keys.issuer, testKeys('device-2').publicKey, {
        usages: ['keyEncipherment'],
        serial: Uint8Array.of(77),
      }),
    }),
  },
  'is of another host of the same authority': {
    reason: 'signer-unknown',
    forgery: async ({ keys }) => {
      const { publicKey } = testKeys('device-2')
      const certificate = await testHolder(keys.issuer, publicKey, { serial: Uint8Array.of(88) })
      return { host: hostOf(certificate, 'device-2') }
    },
  },
  "is of another host in the host's name": {
    reason: 'signature',
    forgery: ({ keys }) => ({ host: hostOf(keys.host, 'device-2') }),
  },
  'has no revocation list': { reason: 'crl-missing', forgery: () => ({ crl: null }) },
  'is of a host that was revoked': {
    reason: 'certificate-revoked',
    forgery: async (rig) => ({
      crl: await crlOf(rig, [{ serial: identityOf(rig.keys.host).serial, at: new Date(rig.clock.now()) }]),
    }),
  },
  'has a revocation list of the past': {
    reason: 'crl-expired',
    forgery: async (rig) => ({ crl: await crlOf(rig, [], new Date(rig.clock.now() - 1_000)) }),
  },
  'is not DER': { reason: 'malformed', forgery: () => ({ change: () => new Uint8Array(20) }) },
  'has a flipped bit': {
    reason: 'signature',
    forgery: () => ({ change: (token) => token.with(-1, (token.at(-1) ?? 0) ^ 1) }),
  },
}

const HEADER = 'D0043B1AX00N0200IK140000000100009999LB07PIN'

/** Headers that X9.143 allows and a terminal does not take for the key of its PINs. */
export const DOWNGRADED_HEADERS: Readonly<Record<string, string>> = {
  'says neither which key nor what for': 'D0016B1AX00N0000',
  'says PIN encryption instead of derivation': HEADER.replace('B1AX', 'P0AE'),
  'says base derivation key': HEADER.replace('B1AX', 'B0AX'),
  'lets the key be exported': HEADER.replace('00N02', '00E02'),
  'restricts its use to nothing': HEADER.replace('B1AX', 'B1AN'),
}

function hostOf(
  certificate: X509Certificate,
  keys: 'distribution-host' | 'device-2' = 'distribution-host',
): SigningParty {
  const { privateKey } = testKeys(keys)
  return { certificate, sign: (data) => new Uint8Array(sign('sha256', data, privateKey)) }
}

function crlOf(
  { keys, clock }: TrustRig,
  revoked: readonly Revocation[] = [],
  nextUpdate?: Date,
): Promise<Uint8Array> {
  const now = clock.now()
  const times = { thisUpdate: new Date(now - DAY), nextUpdate: nextUpdate ?? new Date(now + DAY) }
  return issueCrl(keys.issuer, { number: 9, ...times, revoked })
}
