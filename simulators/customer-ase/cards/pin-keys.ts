import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { aesKcv } from '../../../protocols/mac/kcv.ts'
import { xor } from '../../../protocols/mac/xor.ts'
import type { PinKeyLabels } from './hsm-pins.ts'

/** Labels of the PIN keys in an issuer's HSM. */
export const PIN_KEYS: PinKeyLabels = {
  verification: 'pin-verification',
  pans: 'pans',
  mailer: 'pin-mailer',
  zone: { 16: 'zone-pin-aes', 8: 'zone-pin-tdes' },
}

/** PIN working keys as they travel between two ASEs: TR-31 key blocks under the zone master key, by the bytes of a PIN block. */
export type ZonePinKeys = Readonly<Record<8 | 16, string>>

/** Two components of a zone master key (AES-128, 16 bytes each), as two officers bring them. */
export type ZoneComponents = readonly [Uint8Array, Uint8Array]

const ZONE_MASTER = 'zone-master'
const KCV_BYTES = 3

/** Makes the keys that are the issuer's alone, and takes that of the letters (AES-128, 16 bytes). */
export async function makePinKeys(hsm: Hsm, mailerKey: Uint8Array): Promise<void> {
  const { verification, pans, mailer } = PIN_KEYS
  await Promise.all([
    hsm.generateKey({ label: verification, usage: 'PIN verification, Visa PVV', algorithm: 'tdes-2' }),
    hsm.generateKey({ label: pans, usage: 'data', algorithm: 'aes-128' }),
    hsm.importKey({ label: mailer, usage: 'PIN working', algorithm: 'aes-128', value: mailerKey }),
  ])
}

/** Makes PIN working keys and hands them out for another ASE, which has the same components. */
export async function shareZonePinKeys(hsm: Hsm, components: ZoneComponents): Promise<ZonePinKeys> {
  await importZoneMaster(hsm, components)
  const share = async (label: string, algorithm: 'aes-128' | 'tdes-2') => {
    await hsm.exchange.generatePwk({ label, algorithm, exportable: true })
    return hsm.exchange.exportWorkingKey({ key: label, zoneMaster: ZONE_MASTER, version: 'D' })
  }
  const [aes, tdes] = await Promise.all([
    share(PIN_KEYS.zone[16], 'aes-128'),
    share(PIN_KEYS.zone[8], 'tdes-2'),
  ])
  return { 16: aes, 8: tdes }
}

async function importZoneMaster(hsm: Hsm, components: ZoneComponents): Promise<void> {
  const kcv = toHex(aesKcv(xor(...components), KCV_BYTES))
  await hsm.exchange.importZmk({ label: ZONE_MASTER, algorithm: 'aes-128', components, kcv })
}
