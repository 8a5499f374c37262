import type { CustomerAse } from '../../../simulators/customer-ase/customer-ase.ts'
import type { Registry } from '../../../simulators/merchant-ase/registry.ts'
import type { ServiceName } from '../../../simulators/rafiki/config.ts'
import { settleAll } from '../closer.ts'
import { type PartOptions, startAcquirer, startInstance, startIssuer } from './parts.ts'

/** What can be stopped and started on a side. */
export type SideService = ServiceName | 'posApi'

/** What the bench can do with either side. */
export interface SideFunctions {
  stop(service: SideService): Promise<void>
  start(service: SideService): Promise<void>
}

export type MerchantFunctions = SideFunctions &
  Pick<Registry, 'registerMerchant' | 'setMerchantState' | 'registerTerminal'>

export type CustomerFunctions = SideFunctions &
  Pick<CustomerAse, 'openAccount' | 'issueCard' | 'setCardState' | 'account' | 'behave' | 'idle'> & {
    /** User PIN of the HSM's token, to search outputs for. */
    tokenPin(): string
  }

/** Starts the merchant ASE, and its Rafiki unless that runs already. */
export async function startMerchantSide(options: PartOptions): Promise<MerchantFunctions> {
  const [rafiki, ase] = await settleAll([startInstance('merchant', options), startAcquirer(options)])
  return {
    ...switches({ ...rafiki?.services, posApi: ase.posApi }),
    registerMerchant: (merchant) => ase.registry.registerMerchant(merchant),
    setMerchantState: (id, state) => ase.registry.setMerchantState(id, state),
    registerTerminal: (terminal) => ase.registry.registerTerminal(terminal),
  }
}

/** Starts the HSM, the customer ASE, and its Rafiki unless that runs already. */
export async function startCustomerSide(options: PartOptions): Promise<CustomerFunctions> {
  const [rafiki, { ase, tokenPin }] = await settleAll([
    startInstance('customer', options),
    startIssuer(options),
  ])
  return {
    ...switches({ ...rafiki?.services }),
    openAccount: ase.openAccount,
    issueCard: ase.issueCard,
    setCardState: ase.setCardState,
    account: ase.account,
    behave: ase.behave,
    idle: ase.idle,
    tokenPin: () => tokenPin,
  }
}

type Switch = Record<keyof SideFunctions, () => Promise<void>>

function switches(services: Partial<Record<SideService, Switch>>): SideFunctions {
  const turn = (service: SideService, way: keyof SideFunctions): Promise<void> => {
    const found = services[service]
    if (found === undefined)
      throw new Error(`expected one of ${Object.keys(services).join(', ')}, got "${service}"`)
    return found[way]()
  }
  return { stop: async (service) => turn(service, 'stop'), start: async (service) => turn(service, 'start') }
}
