import { rotate as performRotation, rotateIfDue } from '../../simulators/pos/onboarding/rotate.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import type { KeptTrust } from '../../steps/terminals/kept/kept-trust.ts'
import { type CeremonyVerbOptions, ceremonyVerb, type Performed } from '../lib/ceremony.ts'

export interface RotateOptions extends CeremonyVerbOptions {
  ifDue?: boolean
}

/** Gives a terminal new keys. */
export function rotate(options: RotateOptions): Promise<number> {
  return ceremonyVerb(options, (estate) => perform(estate, options))
}

async function perform(estate: KeptTrust, { terminal, ifDue }: RotateOptions): Promise<Performed> {
  const { devices } = estate
  const kept = await devices.load(terminal)
  if (kept === null) throw await unknownTerminal(estate, terminal)
  const { device, secrets } = kept
  const options = estate.options(() => devices.save(terminal, device, secrets))
  const outcome = ifDue
    ? (await rotateIfDue(device, options)).outcome
    : await performRotation(device, options)
  return { outcome, device }
}

async function unknownTerminal({ devices }: KeptTrust, name: string): Promise<Error> {
  const names = await devices.names()
  const known = names.length === 0 ? 'there is none yet' : `one of ${names.sort().join(', ')}`
  return new ConfigurationError(
    `expected a terminal that was onboarded (${known}), got "${name}": scripts/tapbench onboard --terminal ${name}`,
  )
}
