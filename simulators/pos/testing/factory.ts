import { createHash, type KeyObject, type X509Certificate } from 'node:crypto'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import { testAuthority, testRoot, VALIDITY } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../common/testing/test-keys.ts'
import type { Random } from '../../common/uuid.ts'
import type { Device, DeviceSecrets } from '../device/device.ts'
import { type KeyKind, makeKey } from '../device/key-store.ts'
import { manufacture } from '../device/manufacture.ts'

/** A repeatable stand-in for randomness. */
export function seeded(seed: string): Random {
  let count = 0
  return (length) => {
    const block = () => createHash('sha512').update(`${seed} ${count++}`).digest()
    const blocks = Array.from({ length: Math.ceil(length / 64) }, block)
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length))
  }
}

/** Made devices get one of two published RSA keys, since making one takes long. */
export function testMaker(name: 'device-1' | 'device-2'): (kind: KeyKind) => KeyObject {
  return (kind) => (kind === 'RSA' ? testKeys(name).privateKey : makeKey(kind))
}

export const TEST_SECRETS: DeviceSecrets = {
  tmk: new Uint8Array(32).fill(0x11),
  storageKey: new Uint8Array(32).fill(0x22),
}

/** A manufacturer of tests. */
export async function testManufacturer(): Promise<Issuer> {
  const root = await testRoot(testKeys('root'), { subject: { commonName: 'Test manufacturer' } })
  return testAuthority(root, testKeys('other-authority'), { subject: { commonName: 'Test factory' } })
}

/** A device of tests. */
export function testDevice(
  serial: string,
  manufacturer: Issuer,
  root: X509Certificate,
  changes: { model?: string; keys?: 'device-1' | 'device-2' } = {},
): Promise<Device> {
  const { model = 'TB-1', keys = 'device-1' } = changes
  return manufacture({
    serial,
    model,
    secrets: TEST_SECRETS,
    manufacturer,
    root,
    ...VALIDITY,
    random: seeded(serial),
    makeKey: testMaker(keys),
  })
}
