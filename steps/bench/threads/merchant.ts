import type { TableDump } from '../../../simulators/common/dump.ts'
import type { MerchantAse } from '../../../simulators/merchant-ase/merchant-ase.ts'
import type { Registry } from '../../../simulators/merchant-ase/registry.ts'
import { startAcquirer } from './acquirer.ts'
import type { MerchantHsm } from './merchant-hsm.ts'
import { outsideMerchant } from './outside.ts'
import type { PartStart } from './part-options.ts'
import { type Switches, switches } from './switches.ts'

/** What the bench can do with the merchant ASE. */
export type MerchantFunctions = Switches<'posApi' | 'webhooks' | 'database'> &
  Pick<Registry, 'registerMerchant' | 'setWallets' | 'setMerchantState' | 'registerTerminal'> &
  Pick<MerchantAse, 'payments' | 'refunds'> &
  Pick<MerchantHsm, 'tokenPins' | 'takeZonePinKeys' | 'losePinKeys' | 'stopHsm' | 'startHsm'> & {
    /** The root that devices are made with, DER. The first call opens the keys of the authority. */
    trustRoot(): Promise<Uint8Array>
    /** All that its database holds, to be searched for secrets. */
    dump(): Promise<TableDump[]>
  }

/** Starts the merchant ASE; one of somebody else is there already. */
export async function startMerchant(options: PartStart): Promise<MerchantFunctions> {
  if (options.profile.merchantAse.socket === 'external') return outsideMerchant
  const { ase, hsm } = await startAcquirer({ ...options, clock: options.clocks.merchant })
  return {
    ...switches({ posApi: ase.posApi, webhooks: ase.webhooks, database: ase.database }),
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
