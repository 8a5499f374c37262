import type { SavedDevice } from '../../protocols/dukpt/saved-device.ts'
import type { KeyPurpose } from '../../protocols/onboarding/key-purposes.ts'
import type { Random } from '../../simulators/common/uuid.ts'
import type { Device, DeviceSecrets } from '../../simulators/pos/device/device.ts'
import { Device as Restored } from '../../simulators/pos/device/device.ts'
import { seal, unseal } from '../../simulators/pos/device/sealed.ts'

/** A device as it will be when the last transaction key of one of its initial keys has been used. */
export function usedUp(device: Device, purpose: KeyPurpose, secrets: DeviceSecrets, random: Random): Device {
  const { handle } = device.current?.keys[purpose] ?? missing()
  const file = device.save()
  const plain = Buffer.from(unseal(secrets.tmk, handle, file.whiteBox.keys[handle] ?? ''))
  const saved: SavedDevice = JSON.parse(plain.toString())
  const ended: SavedDevice = { ...saved, counter: null, registers: saved.registers.map(() => null) }
  const sealed = seal(secrets.tmk, handle, Buffer.from(JSON.stringify(ended)), random)
  const keys = { ...file.whiteBox.keys, [handle]: sealed }
  return Restored.restore({ ...file, whiteBox: { ...file.whiteBox, keys } }, secrets, random)
}

function missing(): never {
  throw new Error('expected a device with keys: rotate them first')
}
