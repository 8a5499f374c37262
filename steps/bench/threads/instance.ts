import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { type Rafiki, startRafiki } from '../../../simulators/rafiki/rafiki.ts'
import { closing } from '../closer.ts'
import type { Side } from '../plan.ts'
import type { PartOptions } from './part-options.ts'

/** Starts the Rafiki of a side; null when one runs already. */
export async function startInstance(
  side: Side,
  { plan, clock, journal, closers }: Omit<PartOptions, 'profile' | 'directory' | 'estate'>,
): Promise<Rafiki | null> {
  if (plan.instances === null) return null
  const { secret, version } = plan.adminSecrets[side]
  return closing(
    closers,
    startRafiki({
      party: `rafiki-${side}`,
      ports: plan.instances[side],
      tenantId: plan.tenant[side],
      adminApiSecret: secret,
      adminApiSignatureVersion: version,
      signatureSecret: plan.webhookSecrets[side].secret,
      webhookUrl: plan.webhookUrl[side],
      exchangeRatesUrl: plan.ratesUrl,
      walletAddressHost: plan.walletHost[side],
      ilpAddress: plan.ilp[side].address,
      hosts: plan.hosts,
      clock,
      journal,
      random,
    }),
  )
}
