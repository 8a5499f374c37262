import type { DukptName } from '../../protocols/dukpt/schemes.ts'
import { rotate as performRotation, rotateIfDue } from '../../simulators/pos/onboarding/rotate.ts'
import { unknownTerminal } from '../../steps/terminals/kept/kept-terminal.ts'
import type { KeptTrust } from '../../steps/terminals/kept/kept-trust.ts'
import { type CeremonyVerbOptions, ceremonyVerb, type Performed } from '../lib/ceremony.ts'

export interface RotateOptions extends CeremonyVerbOptions {
  ifDue?: boolean
  dukpt?: DukptName
}

/** Gives a terminal new keys. */
export function rotate(options: RotateOptions): Promise<number> {
  return ceremonyVerb(options, (estate) => perform(estate, options))
}

async function perform(estate: KeptTrust, { terminal, ifDue, dukpt }: RotateOptions): Promise<Performed> {
  const { devices } = estate
  const kept = await devices.load(terminal)
  if (kept === null) throw await unknownTerminal(devices, terminal)
  const { device, secrets } = kept
  const options = { ...estate.options(() => devices.save(terminal, device, secrets)), dukpt }
  const outcome = ifDue
    ? (await rotateIfDue(device, options)).outcome
    : await performRotation(device, options)
  return { outcome, device }
}
