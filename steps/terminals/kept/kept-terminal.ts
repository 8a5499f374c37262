import type { Device } from '../../../simulators/pos/device/device.ts'
import { ConfigurationError } from '../../bench/profile.ts'
import type { KeptDevices } from './devices.ts'

/** A terminal that was onboarded before this program began. */
export interface KeptTerminal {
  device: Device
  /** Puts its file away. */
  keep(): Promise<void>
}

/** Throws ConfigurationError when no device of this name is there, or it is no terminal. */
export async function keptTerminal(devices: KeptDevices, name: string): Promise<KeptTerminal> {
  requireName(name)
  const kept = await devices.load(name)
  if (kept === null) throw await unknownTerminal(devices, name)
  const { device, secrets } = kept
  if (device.registration === null) throw notOnboarded(name)
  return { device, keep: () => devices.save(name, device, secrets) }
}

export async function unknownTerminal(devices: KeptDevices, name: string): Promise<Error> {
  const names = await devices.names()
  const known = names.length === 0 ? 'there is none yet' : `one of ${names.sort().join(', ')}`
  return new ConfigurationError(
    `expected a terminal that was onboarded (${known}), got "${name}": scripts/tapbench onboard --terminal ${name}`,
  )
}

function notOnboarded(name: string): Error {
  return new ConfigurationError(
    `expected a terminal that was onboarded, "${name}" is none yet: scripts/tapbench onboard --terminal ${name}`,
  )
}

// As the merchant ASE's API takes serial numbers; it is a file's name too.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/

/** Throws ConfigurationError for what is no name of a terminal. */
export function requireName(name: string): void {
  if (!NAME.test(name))
    throw new ConfigurationError(
      `expected a name of 1 to 40 letters, digits, or . _ - for a terminal, got "${name}"`,
    )
}
