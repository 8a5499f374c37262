import { resolve } from 'node:path'
import { machineRandom } from '../../simulators/common/machine-random.ts'
import { openEnvFile } from '../rafiki-containers/env-file.ts'
import type { Variables } from '../rafiki-containers/variables.ts'
import { SHOP_HOST, WALLET_HOST } from './embedded-plan.ts'
import { externalPlan } from './external-plan.ts'
import { ROOT } from './places.ts'
import { at, type Plan } from './plan.ts'
import type { DockerRafiki, ExternalRafiki } from './rafiki-schema.ts'

/** The plan for the pair of docker-compose.yml: like one that runs already, whose settings are in the environment file. */
export function dockerPlan(rafiki: DockerRafiki): Promise<Plan> {
  return externalPlan(externalOf(rafiki, variablesOf(rafiki)))
}

/** The variables of docker-compose.yml, made at first use. A path that is not absolute begins at the project's folder. */
export function variablesOf({ envFile }: Pick<DockerRafiki, 'envFile'>): Variables {
  return openEnvFile(resolve(ROOT, envFile), process.env, machineRandom)
}

// Version 1 is Rafiki's default for signatures.
const signing = (secret: string) => ({ secret, version: 1 })

function externalOf({ listen }: DockerRafiki, variables: Variables): ExternalRafiki {
  const local = (port: string) => at(Number(port))
  const ase = (port: string) => ({ port: Number(port), url: at(Number(port), variables.ASE_HOST) })
  return {
    socket: 'external',
    listen,
    merchant: {
      adminUrl: `${local(variables.MERCHANT_ADMIN_PORT)}/graphql`,
      openPaymentsUrl: local(variables.MERCHANT_OPEN_PAYMENTS_PORT),
      walletAddressHost: SHOP_HOST,
      pointOfSaleUrl: local(variables.POINT_OF_SALE_PORT),
      authUrl: local(variables.MERCHANT_AUTH_PORT),
      tenantId: variables.MERCHANT_TENANT_ID,
      adminApi: signing(variables.MERCHANT_ADMIN_API_SECRET),
      webhooks: signing(variables.MERCHANT_WEBHOOK_SECRET),
      ilp: { address: 'test.tapbench.shop', endpoint: 'http://merchant-backend:3002' },
      ase: ase(variables.MERCHANT_ASE_PORT),
    },
    customer: {
      adminUrl: `${local(variables.CUSTOMER_ADMIN_PORT)}/graphql`,
      openPaymentsUrl: local(variables.CUSTOMER_OPEN_PAYMENTS_PORT),
      walletAddressHost: WALLET_HOST,
      cardServiceUrl: local(variables.CARD_SERVICE_PORT),
      authUrl: local(variables.CUSTOMER_AUTH_PORT),
      tenantId: variables.CUSTOMER_TENANT_ID,
      adminApi: signing(variables.CUSTOMER_ADMIN_API_SECRET),
      webhooks: signing(variables.CUSTOMER_WEBHOOK_SECRET),
      ilp: { address: 'test.tapbench.wallet', endpoint: 'http://customer-backend:3002' },
      ase: ase(variables.CUSTOMER_ASE_PORT),
    },
  }
}
