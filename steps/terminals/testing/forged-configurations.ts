import { issueCrl, type Revocation } from '../../../protocols/cms/crl.ts'
import { identityOf } from '../../../protocols/cms/identity.ts'
import type { DeviceReason } from '../../../protocols/onboarding/reasons.ts'
import {
  type SignedConfiguration,
  signConfiguration,
} from '../../../protocols/onboarding/signed-configuration.ts'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import { testAuthority } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../../simulators/common/testing/test-keys.ts'
import { testConfigurator } from '../../../simulators/merchant-ase/testing/software-trust-keys.ts'
import { DEVICE_KEYS, type Device } from '../../../simulators/pos/device/device.ts'
import { altering } from './faulty-http.ts'
import { DAY, type TrustRig } from './rig.ts'

export type Document = Record<string, unknown> & { settings: Record<string, unknown> }

/** What a configuration deviates in; everything else is right, and signed after the change. */
export interface ConfigurationForgery {
  document?: (document: Document) => unknown
  signer?: (rig: TrustRig, device: Device) => Promise<Issuer>
  crl?: (rig: TrustRig) => Promise<Uint8Array>
  /** After it was signed. */
  sent?: (signed: SignedConfiguration) => SignedConfiguration
}

type Base64 = Record<keyof SignedConfiguration, string>

/** A client of a merchant ASE whose configurations are right but for the forgery. */
export function forgingConfigurations(rig: TrustRig, device: Device, forgery: ConfigurationForgery) {
  return altering(rig.http, '/configuration', async (body) => {
    const right = signedOf(body as Base64)
    const document: Document = JSON.parse(Buffer.from(right.content).toString())
    const content = Buffer.from(JSON.stringify(forgery.document?.(document) ?? document))
    const signer = (await forgery.signer?.(rig, device)) ?? rig.keys.configurator
    const signed = await signConfiguration(content, signer, (await forgery.crl?.(rig)) ?? right.crl)
    return base64Of(forgery.sent?.(signed) ?? signed)
  })
}

/** Configurations that are refused, and why. */
export const CONFIGURATION_FORGERIES: Readonly<
  Record<string, { reason: DeviceReason; forgery: ConfigurationForgery }>
> = {
  'has a flipped bit': { reason: 'configuration_refused', forgery: { sent: flipped('content') } },
  'has a flipped bit in its signature': {
    reason: 'configuration_refused',
    forgery: { sent: flipped('signature') },
  },
  'has a flipped bit in its certificate': {
    reason: 'configuration_refused',
    forgery: { sent: flipped('signer') },
  },
  'has a flipped bit in its revocation list': {
    reason: 'configuration_refused',
    forgery: { sent: flipped('crl') },
  },
  'came by half': {
    reason: 'configuration_refused',
    forgery: {
      sent: (signed) => ({ ...signed, content: signed.content.subarray(0, signed.content.length / 2) }),
    },
  },
  'is signed by another terminal': {
    reason: 'configuration_refused',
    forgery: { signer: async (_, device) => terminalSigner(device) },
  },
  'is signed by the key distribution host': {
    reason: 'configuration_refused',
    forgery: {
      signer: async ({ keys }) => ({
        ...(await testConfigurator(keys.issuer)),
        certificate: keys.host,
      }),
    },
  },
  "is signed by another key in the signer's name": {
    reason: 'configuration_refused',
    forgery: {
      signer: async ({ keys }) => ({
        ...(await testConfigurator(keys.issuer)),
        certificate: keys.configurator.certificate,
      }),
    },
  },
  'is signed by a signer of another authority': {
    reason: 'configuration_refused',
    forgery: {
      signer: async ({ keys }) =>
        testConfigurator(
          await testAuthority(keys.root, testKeys('other-authority'), { subject: { commonName: 'Other' } }),
        ),
    },
  },
  'is signed by a signer whose certificate has expired': {
    reason: 'configuration_refused',
    forgery: { signer: ({ keys }) => testConfigurator(keys.issuer, { notAfter: new Date('2026-02-01') }) },
  },
  'is signed by a signer who was revoked': {
    reason: 'configuration_refused',
    forgery: {
      crl: (rig) => {
        const { serial } = identityOf(rig.keys.configurator.certificate)
        return crlOf(rig, [{ serial, at: new Date(rig.clock.now()) }])
      },
    },
  },
  'comes with a revocation list of the past': {
    reason: 'configuration_refused',
    forgery: { crl: (rig) => crlOf(rig, [], new Date(rig.clock.now() - 1_000)) },
  },
  'is for another terminal': {
    reason: 'configuration_foreign',
    forgery: { document: (document) => ({ ...document, terminalId: 'terminal-999999' }) },
  },
  'has expired': {
    reason: 'configuration_expired',
    forgery: { document: (document) => ({ ...document, expiresAt: document.issuedAt }) },
  },
  'is of the future': {
    reason: 'configuration_early',
    forgery: { document: (document) => ({ ...document, issuedAt: Number(document.issuedAt) + 60_001 }) },
  },
  'has a field that the terminal does not know': {
    reason: 'configuration_malformed',
    forgery: { document: (document) => ({ ...document, colour: 'red' }) },
  },
  'has a setting that the terminal does not know': {
    reason: 'configuration_malformed',
    forgery: { document: (document) => ({ ...document, settings: { ...document.settings, colour: 'red' } }) },
  },
  'lacks a setting': {
    reason: 'configuration_malformed',
    forgery: {
      document: ({ settings: { country: _, ...settings }, ...document }) => ({ ...document, settings }),
    },
  },
  'gives the terminal another name': {
    reason: 'configuration_malformed',
    forgery: { document: (document) => ({ ...document, settings: { ...document.settings, id: 'x' } }) },
  },
  'names a file in place of keys': {
    reason: 'configuration_malformed',
    forgery: { document: withCaKeys(['ca-keys']) },
  },
  'has an action code of four bytes': {
    reason: 'configuration_malformed',
    forgery: { document: withDenial('00100000') },
  },
  'is no object': { reason: 'configuration_malformed', forgery: { document: () => 'nothing' } },
  'has version 0': {
    reason: 'configuration_malformed',
    forgery: { document: (document) => ({ ...document, version: 0 }) },
  },
}

/** One bit in the middle of a field. */
export function flipped(field: keyof SignedConfiguration) {
  return (signed: SignedConfiguration): SignedConfiguration => {
    const at = Math.floor(signed[field].length / 2)
    return { ...signed, [field]: signed[field].with(at, (signed[field][at] ?? 0) ^ 1) }
  }
}

function withCaKeys(caKeys: unknown[]) {
  return ({ settings, ...document }: Document) => ({
    ...document,
    settings: { ...settings, emv: { ...(settings.emv as object), caKeys } },
  })
}

function withDenial(denial: string) {
  return ({ settings, ...document }: Document) => {
    const { applications, ...contact } = settings.contact as { applications: { actionCodes: object }[] }
    const [first, ...others] = applications
    const changed = { ...first, actionCodes: { ...first?.actionCodes, denial } }
    return {
      ...document,
      settings: { ...settings, contact: { ...contact, applications: [changed, ...others] } },
    }
  }
}

function terminalSigner({ parts, registration }: Device): Issuer {
  if (registration === null) throw new Error('expected an onboarded terminal')
  return { certificate: registration.signing, sign: (data) => parts.keyStore.sign(DEVICE_KEYS.signing, data) }
}

function crlOf(
  { keys, clock }: TrustRig,
  revoked: readonly Revocation[],
  nextUpdate = new Date(clock.now() + DAY),
): Promise<Uint8Array> {
  return issueCrl(keys.issuer, { number: 9, thisUpdate: new Date(clock.now() - DAY), nextUpdate, revoked })
}

function signedOf(body: Base64): SignedConfiguration {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
  const { content, signature, signer, crl } = body
  return { content: bytes(content), signature: bytes(signature), signer: bytes(signer), crl: bytes(crl) }
}

function base64Of(signed: SignedConfiguration): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(signed).map(([field, bytes]) => [field, Buffer.from(bytes).toString('base64')]),
  )
}
