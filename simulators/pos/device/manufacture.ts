import type { X509Certificate } from 'node:crypto'
import { type Issuer, issueCertificate } from '../../../protocols/x509/certificate.ts'
import type { Random } from '../../common/uuid.ts'
import { DEVICE_KEYS, Device, type DeviceSecrets } from './device.ts'
import { KeyStore, type MakeKey } from './key-store.ts'
import { WhiteBox } from './white-box.ts'

/** What a factory gives a device. */
export interface Manufacture {
  serial: string
  model: string
  secrets: DeviceSecrets
  manufacturer: Issuer
  /** The root of the merchant ASE's authority, which the device will trust. */
  root: X509Certificate
  /** Until when the device's attestation key is certified. */
  notBefore: Date
  notAfter: Date
  random: Random
  makeKey?: MakeKey
}

const SECRET_BYTES = 32
const SERIAL_BYTES = 16

/** Makes a device: master key injected, attestation key made inside and certified with serial number and model. Throws a RangeError. */
export async function manufacture(order: Manufacture): Promise<Device> {
  const { serial, model, secrets, random, makeKey, root } = order
  for (const [name, { length }] of Object.entries(secrets))
    if (length !== SECRET_BYTES)
      throw new RangeError(`expected ${name} of ${SECRET_BYTES} bytes, got ${length}`)
  const keyStore = new KeyStore(secrets.storageKey, random, makeKey)
  const publicKey = keyStore.generate(DEVICE_KEYS.attestation, 'P-256')
  const attestation = await issueCertificate(
    {
      subject: { organizationalUnit: model, commonName: `${model} ${serial}`, serialNumber: serial },
      publicKey,
      serial: positive(random(SERIAL_BYTES)),
      notBefore: order.notBefore,
      notAfter: order.notAfter,
      usages: ['digitalSignature'],
    },
    order.manufacturer,
  )
  return new Device({
    serial,
    model,
    attestation,
    root,
    whiteBox: new WhiteBox(secrets.tmk, random),
    keyStore,
  })
}

/** A serial number has no sign and no zeros in front. */
function positive(bytes: Uint8Array): Uint8Array {
  return bytes.with(0, ((bytes[0] ?? 0) & 0x3f) | 0x40)
}
