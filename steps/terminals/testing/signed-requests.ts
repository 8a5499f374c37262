import { generateKeyPairSync } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { TRUST_REASONS, type TrustReason } from '../../../protocols/onboarding/reasons.ts'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import { testHolder, testRoot } from '../../../protocols/x509/testing/authority.ts'
import type { TlsClient } from '../../../simulators/common/http-client.ts'
import { DEVICE_KEYS, type Device } from '../../../simulators/pos/device/device.ts'
import type { TrustRig } from './rig.ts'

/** What a signed request deviates in; everything else is right. */
export interface OddRequest {
  /** Milliseconds that the terminal's clock is ahead, or behind. */
  clockMs?: number
  nonce?: string
  /** Sent in place of the signed body. */
  body?: string
  /** Name of the key that signs, in the device's keystore. */
  key?: string
  keyId?: string
  as?: TlsClient
  signed?: false
}

/** A request of a device to the merchant ASE's API for terminals: `done`, or the text of the reason. */
export async function askSigned(
  { url: base, http, clock, random }: TrustRig,
  device: Device,
  path: string,
  content: unknown,
  odd: OddRequest = {},
): Promise<string> {
  const body = JSON.stringify(content)
  const url = `${base}${path}`
  const { clockMs = 0, nonce = toHex(random(16)), key = DEVICE_KEYS.signing, as = device.tlsClient } = odd
  const keyId = odd.keyId ?? device.registration?.terminalId ?? ''
  const identity = { keyId, created: clock.now() + clockMs, nonce }
  const signed = await device.parts.keyStore.signRequest(key, { method: 'POST', url, body }, identity)
  const { 'content-length': _, ...headers } = signed
  const answer = await http.call({
    to: 'merchant-ase',
    method: 'POST',
    url,
    headers: odd.signed === false ? {} : headers,
    body: odd.body ?? body,
    as,
    timeoutMs: 10_000,
  })
  const { refused } = answer.body as { refused?: TrustReason }
  return refused === undefined ? 'done' : TRUST_REASONS[refused].text
}

type Make = (rig: TrustRig, other: Device) => Promise<OddRequest> | OddRequest

const { attestation } = DEVICE_KEYS

/** Requests that are not the terminal's, or not of now, in the words of scenarios. */
export const ODD_REQUESTS: Readonly<Record<string, Make>> = {
  'is not signed': () => ({ signed: false }),
  'is signed by another key of the device': () => ({ key: attestation }),
  'is another one than was signed': () => ({ body: '{"version":7}' }),
  'names a terminal that nobody onboarded': () => ({ keyId: 'terminal-999999' }),
  'names another terminal': (_, other) => ({ keyId: other.registration?.terminalId ?? '' }),
  'is a minute and a second old': () => ({ clockMs: -61_000 }),
  'is of the future': () => ({ clockMs: 11_000 }),
  'comes without a certificate': () => ({
    as: { secureContext: (ca = []) => createSecureContext({ ca: [...ca] }) },
  }),
  'comes with the certificate of another terminal': (_, other) => ({ as: other.tlsClient }),
  'comes with a certificate of another authority': async () => ({ as: await certified(await foreignRoot()) }),
  'comes with a certificate that has expired': async ({ keys }) => ({
    as: await certified(keys.issuer, { notAfter: new Date('2026-02-01') }),
  }),
  'comes with a certificate that is not valid yet': async ({ keys }) => ({
    as: await certified(keys.issuer, { notBefore: new Date('2035-01-01') }),
  }),
  'comes with a certificate for another use': async ({ keys }) => ({
    as: await certified(keys.issuer, { usages: ['keyEncipherment'] }),
  }),
}

async function foreignRoot(): Promise<Issuer> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return testRoot(keys, { subject: { commonName: 'Another root' } })
}

/** Shows a certificate of an issuer for a key of its own. */
async function certified(issuer: Issuer, changes: Parameters<typeof testHolder>[2] = {}): Promise<TlsClient> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = await testHolder(issuer, publicKey, { serial: Uint8Array.of(99), ...changes })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
  return {
    secureContext: (ca = []) => createSecureContext({ key, cert: certificate.toString(), ca: [...ca] }),
  }
}
