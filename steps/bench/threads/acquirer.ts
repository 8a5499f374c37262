import { X509Certificate } from 'node:crypto'
import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { type MerchantAse, startMerchantAse } from '../../../simulators/merchant-ase/merchant-ase.ts'
import { registryOf } from '../../terminals/kept/place.ts'
import { closing } from '../closer.ts'
import { databaseOf } from './database.ts'
import { MerchantHsm } from './merchant-hsm.ts'
import type { PartOptions } from './part-options.ts'

/** The merchant ASE and the HSM behind it. */
export interface Acquirer {
  ase: MerchantAse
  hsm: MerchantHsm
}

export async function startAcquirer(options: PartOptions): Promise<Acquirer> {
  const { plan, profile, estate, clock, journal, closers } = options
  const { secret, version } = plan.adminSecrets.merchant
  const hsm = new MerchantHsm(options)
  const ase = await closing(
    closers,
    startMerchantAse({
      host: plan.listen.host,
      ports: { posApi: plan.listen.posApi, webhooks: plan.listen.merchantWebhooks },
      publicUrl: plan.posApiUrl,
      database: estate === null ? { schema: 'merchant_ase', ...databaseOf(profile) } : registryOf(estate),
      rafiki: {
        pointOfSaleUrl: plan.pointOfSaleUrl,
        adminUrl: plan.adminUrl.merchant,
        tenantId: plan.tenant.merchant,
        adminApiSecret: secret,
        adminApiSignatureVersion: version,
        webhookSecret: plan.webhookSecrets.merchant.secret,
        webhookSignatureVersion: plan.webhookSecrets.merchant.version,
      },
      hosts: plan.hosts,
      office: { port: plan.listen.office, secret: plan.office.secret },
      terminals: {
        port: plan.listen.terminals,
        publicUrl: plan.terminalsUrl,
        tls: plan.tls,
        keys: () => hsm.trust(),
        transactions: () => hsm.transactions(),
        manufacturers: [[new X509Certificate(plan.factory.certificate)]],
        random,
      },
      clock,
      journal,
    }),
  )
  return { ase, hsm }
}
