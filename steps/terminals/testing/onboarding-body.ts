import type { KeyObject } from 'node:crypto'
import { createPublicKey } from 'node:crypto'
import { statementBytes } from '../../../protocols/onboarding/attestation.ts'
import { buildRequest } from '../../../protocols/x509/request.ts'
import type { Sign } from '../../../protocols/x509/signature.ts'
import { signerOf } from '../../../protocols/x509/testing/authority.ts'
import { DEVICE_KEYS, type Device } from '../../../simulators/pos/device/device.ts'
import { makeKey } from '../../../simulators/pos/device/key-store.ts'
import { testMaker } from '../../../simulators/pos/testing/factory.ts'

/** What a dishonest device says otherwise; everything else is right, and signed by the device's attestation key. */
export interface OnboardingLie {
  serial?: string
  model?: string
  signingKey?: KeyObject
  receivingKey?: KeyObject
  /** Signs the request for the signing certificate in place of its own key. */
  requestSigner?: Sign
  /** In place of the request for the signing certificate, DER. */
  signingRequest?: Uint8Array
  subjectSerial?: string
  attestation?: Uint8Array
  attestationSigner?: Sign
  /** Fields that are changed after the device has signed. */
  altered?: Record<string, unknown>
}

/** Body of `POST /onboarding` as this device would send it, but for the lie. */
export async function onboardingBody(
  device: Device,
  activationCode: string,
  lie: OnboardingLie = {},
): Promise<string> {
  const { parts } = device
  const { serial = parts.serial, model = parts.model, subjectSerial = serial } = lie
  const subject = { organizationalUnit: model, commonName: serial, serialNumber: subjectSerial }
  const request = (key: KeyObject, sign = signerOf(key)) =>
    buildRequest({ subject, publicKey: createPublicKey(key) }, sign)
  const signingRequest =
    lie.signingRequest ?? (await request(lie.signingKey ?? makeKey('Ed25519'), lie.requestSigner))
  const receivingRequest = await request(lie.receivingKey ?? testMaker('device-2')('RSA'))
  const statement = { serial, model, activationCode, signingRequest, receivingRequest }
  const sign = lie.attestationSigner ?? ((data) => parts.keyStore.sign(DEVICE_KEYS.attestation, data))
  const signature = await sign(statementBytes(statement))
  return JSON.stringify({
    ...statement,
    signingRequest: base64(signingRequest),
    receivingRequest: base64(receivingRequest),
    attestation: {
      certificate: base64(lie.attestation ?? parts.attestation.raw),
      signature: base64(signature),
    },
    ...lie.altered,
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
