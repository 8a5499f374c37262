import type { DukptName } from '../../protocols/dukpt/schemes.ts'
import { onboard as performOnboarding } from '../../simulators/pos/onboarding/onboard.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import type { KeptTrust } from '../../steps/terminals/kept/kept-trust.ts'
import { type CeremonyVerbOptions, ceremonyVerb, type Performed } from '../lib/ceremony.ts'

export interface OnboardOptions extends CeremonyVerbOptions {
  model: string
  merchant: string
  kind: 'Ed25519' | 'P-256'
  dukpt?: DukptName
}

const CODE_MS = 24 * 60 * 60 * 1000

/** Onboards a device, made by the factory when there is none of this name, and gives it its first keys. */
export function onboard(options: OnboardOptions): Promise<number> {
  return ceremonyVerb(options, (estate) => perform(estate, options))
}

async function perform(
  estate: KeptTrust,
  { terminal, model, merchant, kind, dukpt }: OnboardOptions,
): Promise<Performed> {
  const { devices, registry } = estate
  const office = await estate.office()
  const { device, secrets } = (await devices.load(terminal)) ?? (await estate.make(terminal, model))
  const keep = () => devices.save(terminal, device, secrets)
  await registry.registerMerchant({ id: merchant, name: merchant, wallets: [] })
  await office.allowDevice(terminal, device.parts.model)
  const activationCode = await office.issueCode(merchant, CODE_MS)
  const options = estate.options(keep)
  const outcome = await performOnboarding(device, { activationCode, signingKind: kind }, options)
  return { outcome: outcome.done ? await rotate(device, { ...options, dukpt }) : outcome, device }
}
