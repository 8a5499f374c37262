import type { MatrixColumn } from '../../../hardware/hsm/capabilities/matrix.ts'
import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import type { TokenStanding } from '../../../hardware/hsm/signer-pool.ts'
import type { TableDump } from '../../../simulators/common/dump.ts'
import type { CustomerAse } from '../../../simulators/customer-ase/customer-ase.ts'
import { type Issuer, startIssuer } from './issuer.ts'
import { outsideCustomer } from './outside.ts'
import type { PartStart } from './part-options.ts'
import { type Switches, switches } from './switches.ts'

/** What the bench can do with the customer ASE. */
export type CustomerFunctions = Switches<'ase' | 'database'> &
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
    /** All that its database holds, to be searched for secrets. */
    dump(): Promise<TableDump[]>
  } & Pick<Hsm, 'withdraw' | 'admit'> &
  Pick<Issuer, 'sharePinKeys'>

/** Starts the HSM and the customer ASE; one of somebody else is there already. */
export async function startCustomer(options: PartStart): Promise<CustomerFunctions> {
  if (options.profile.customerAse.socket === 'external') return outsideCustomer
  const { ase, hsm, tokenPins, hsmMatrix, sharePinKeys } = await startIssuer({
    ...options,
    clock: options.clocks.customer,
  })
  return {
    ...switches({ ase: ase.http, database: ase.database }),
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
