import type { MatrixColumn } from '../../../hardware/hsm/capabilities/matrix.ts'
import { placements } from '../../../hardware/hsm/capabilities/placement.ts'
import { type Hsm, openHsm } from '../../../hardware/hsm/hsm.ts'
import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { once } from '../../../simulators/common/once.ts'
import { HsmPins } from '../../../simulators/customer-ase/cards/hsm-pins.ts'
import {
  makePinKeys,
  PIN_KEYS,
  shareZonePinKeys,
  type ZoneComponents,
  type ZonePinKeys,
} from '../../../simulators/customer-ase/cards/pin-keys.ts'
import { type CustomerAse, startCustomerAse } from '../../../simulators/customer-ase/customer-ase.ts'
import { closing } from '../closer.ts'
import { databaseOf } from './database.ts'
import { openOwnToken, pinsOf } from './own-token.ts'
import type { PartOptions } from './part-options.ts'

const TRANSPORT_KEY = 'card-transport'

/** The customer ASE and the HSM behind it. */
export interface Issuer {
  ase: CustomerAse
  hsm: Hsm
  /** User PINs of the HSM's tokens, to search outputs for. */
  tokenPins: readonly string[]
  /** Which operations the HSM's tokens do where. */
  hsmMatrix: readonly MatrixColumn[]
  /** Makes PIN working keys and hands them out for an ASE that has the same components. */
  sharePinKeys(components: ZoneComponents): Promise<ZonePinKeys>
}

/** Starts the HSM and the issuer in front of it: enough to personalise cards. */
export async function startIssuer({
  plan,
  profile,
  directory,
  clock,
  journal,
  closers,
}: Omit<PartOptions, 'estate'>): Promise<Issuer> {
  const token = await openOwnToken({ profile, directory, closers }, 'token')
  const { access, twins, keys } = token
  const { signers, clearAllowed } = profile.hsm
  const hsm = await closing(closers, openHsm({ token: access, twins, keys, signers, clearAllowed, journal }))
  await hsm.interledger.importTransportKey(TRANSPORT_KEY, plan.transportKey)
  const withPinKeys = once(async () => {
    await makePinKeys(hsm, plan.pinMailerKey)
    return hsm
  })
  const ase = await closing(
    closers,
    startCustomerAse({
      host: plan.listen.host,
      port: plan.listen.customerAse,
      database: databaseOf(profile),
      rafiki: {
        adminUrl: plan.adminUrl.customer,
        tenantId: plan.tenant.customer,
        ...plan.adminSecrets.customer,
      },
      webhooks: plan.webhookSecrets.customer,
      keys: hsm.interledger,
      pins: async () => new HsmPins(await withPinKeys(), PIN_KEYS, random),
      transportKey: TRANSPORT_KEY,
      clock,
      journal,
      random,
      hosts: plan.hosts,
    }),
  )
  const sharePinKeys: Issuer['sharePinKeys'] = async (components) =>
    shareZonePinKeys(await withPinKeys(), components)
  const operations = placements(hsm.capabilities, clearAllowed)
  const hsmMatrix = hsm.tokens.map(({ name }) => ({ title: `${profile.hsm.module} "${name}"`, operations }))
  return { ase, hsmMatrix, hsm, tokenPins: pinsOf(token), sharePinKeys }
}
