import type { MatrixColumn } from '../../../hardware/hsm/capabilities/matrix.ts'
import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import type { TokenStanding } from '../../../hardware/hsm/signer-pool.ts'
import type { TableDump } from '../../../simulators/common/dump.ts'
import type { CustomerAse } from '../../../simulators/customer-ase/customer-ase.ts'
import type { MerchantAse } from '../../../simulators/merchant-ase/merchant-ase.ts'
import type { Registry } from '../../../simulators/merchant-ase/registry.ts'
import type { ServiceName } from '../../../simulators/rafiki/config.ts'
import { settleAll } from '../closer.ts'
import type { MerchantHsm } from './merchant-hsm.ts'
import { outsideCustomer, outsideMerchant } from './outside.ts'
import type { PartOptions } from './part-options.ts'
import { type Issuer, startAcquirer, startInstance, startIssuer } from './parts.ts'

/** What can be stopped and started on a side. */
export type SideService = ServiceName | 'posApi' | 'webhooks' | 'ase' | 'database'

/** What the bench can do with either side. */
export interface SideFunctions {
  stop(service: SideService): Promise<void>
  start(service: SideService): Promise<void>
  /** Whether its Rafiki does what is right where it otherwise copies a weakness; one that runs already is as it is. */
  harden(on: boolean): void
  /** All that the database of its ASE holds, to be searched for secrets. */
  dump(): Promise<TableDump[]>
}

export type MerchantFunctions = SideFunctions &
  Pick<Registry, 'registerMerchant' | 'setWallets' | 'setMerchantState' | 'registerTerminal'> &
  Pick<MerchantAse, 'payments' | 'refunds'> &
  Pick<MerchantHsm, 'tokenPins' | 'takeZonePinKeys' | 'losePinKeys' | 'stopHsm' | 'startHsm'> & {
    /** The root that devices are made with, DER. The first call opens the keys of the authority. */
    trustRoot(): Promise<Uint8Array>
  }

export type CustomerFunctions = SideFunctions &
  Pick<
    CustomerAse,
    | 'openAccount'
    | 'issueCard'
    | 'setCardState'
    | 'account'
    | 'card'
    | 'entries'
    | 'credits'
    | 'behave'
    | 'idle'
  > & {
    /** User PINs of the HSM's tokens, to search outputs for. */
    tokenPins(): readonly string[]
    /** Which operations the HSM's tokens do where, for reports; none of an issuer of somebody else. */
    hsmMatrix(): readonly MatrixColumn[]
    /** The tokens of its HSM, and how they stand. */
    hsmTokens(): TokenStanding[]
  } & Pick<Hsm, 'withdraw' | 'admit'> &
  Pick<Issuer, 'sharePinKeys'>

/** Starts the merchant ASE, and its Rafiki unless that runs already. */
export async function startMerchantSide(options: PartOptions): Promise<MerchantFunctions> {
  if (options.profile.merchantAse.socket === 'external') {
    const instance = await startInstance('merchant', options)
    return {
      ...switches({ ...instance?.services }),
      ...outsideMerchant,
      harden: (on) => instance?.harden(on),
    }
  }
  const [rafiki, { ase, hsm }] = await settleAll([startInstance('merchant', options), startAcquirer(options)])
  return {
    ...switches({ ...rafiki?.services, posApi: ase.posApi, webhooks: ase.webhooks, database: ase.database }),
    harden: (on) => rafiki?.harden(on),
    dump: ase.dump,
    payments: ase.payments,
    refunds: ase.refunds,
    registerMerchant: (merchant) => ase.registry.registerMerchant(merchant),
    setWallets: (id, wallets) => ase.registry.setWallets(id, wallets),
    setMerchantState: (id, state) => ase.registry.setMerchantState(id, state),
    registerTerminal: (terminal) => ase.registry.registerTerminal(terminal),
    takeZonePinKeys: (...args) => hsm.takeZonePinKeys(...args),
    losePinKeys: (lost) => hsm.losePinKeys(lost),
    stopHsm: () => hsm.stopHsm(),
    startHsm: () => hsm.startHsm(),
    tokenPins: () => hsm.tokenPins(),
    trustRoot: rootOf(ase),
  }
}

function rootOf({ terminals }: MerchantAse): () => Promise<Uint8Array> {
  if (terminals === null) throw new Error('expected a merchant ASE that onboards terminals: configure it so')
  return terminals.root
}

/** Starts the HSM, the customer ASE, and its Rafiki unless that runs already. */
export async function startCustomerSide(options: PartOptions): Promise<CustomerFunctions> {
  if (options.profile.customerAse.socket === 'external') {
    const instance = await startInstance('customer', options)
    return {
      ...switches({ ...instance?.services }),
      ...outsideCustomer,
      harden: (on) => instance?.harden(on),
    }
  }
  const [rafiki, { ase, hsm, tokenPins, hsmMatrix, sharePinKeys }] = await settleAll([
    startInstance('customer', options),
    startIssuer(options),
  ])
  return {
    ...switches({ ...rafiki?.services, ase: ase.http, database: ase.database }),
    harden: (on) => rafiki?.harden(on),
    dump: ase.dump,
    openAccount: ase.openAccount,
    issueCard: ase.issueCard,
    setCardState: ase.setCardState,
    account: ase.account,
    card: ase.card,
    entries: ase.entries,
    credits: ase.credits,
    behave: ase.behave,
    idle: ase.idle,
    tokenPins: () => tokenPins,
    hsmMatrix: () => hsmMatrix,
    hsmTokens: () => hsm.tokens,
    withdraw: (token) => hsm.withdraw(token),
    admit: (token) => hsm.admit(token),
    sharePinKeys,
  }
}

type Way = 'stop' | 'start'
type Switch = Record<Way, () => Promise<void>>

function switches(services: Partial<Record<SideService, Switch>>): Pick<SideFunctions, Way> {
  const turn = (service: SideService, way: Way): Promise<void> => {
    const found = services[service]
    if (found === undefined)
      throw new Error(`expected one of ${Object.keys(services).join(', ')}, got "${service}"`)
    return found[way]()
  }
  return { stop: async (service) => turn(service, 'stop'), start: async (service) => turn(service, 'start') }
}
