import { type Hsm, openHsm } from '../../../hardware/hsm/hsm.ts'
import type { OpenedToken } from '../../../hardware/hsm/providers/open-token.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { aesKcv } from '../../../protocols/mac/kcv.ts'
import { xor } from '../../../protocols/mac/xor.ts'
import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { once } from '../../../simulators/common/once.ts'
import type { ZoneComponents, ZonePinKeys } from '../../../simulators/customer-ase/cards/pin-keys.ts'
import {
  HsmTransactionKeys,
  type TransactionKeyLabels,
} from '../../../simulators/merchant-ase/payments/hsm-transaction-keys.ts'
import type { TransactionKeys } from '../../../simulators/merchant-ase/payments/transaction-keys.ts'
import { hsmTrustKeys } from '../../../simulators/merchant-ase/terminals/hsm-trust-keys.ts'
import { makeTrust, TRUST_KEYS } from '../../../simulators/merchant-ase/terminals/trust-ceremony.ts'
import type { TrustKeys } from '../../../simulators/merchant-ase/terminals/trust-keys.ts'
import { keptCertificates, keptPaymentKeys } from '../../terminals/kept/kept-keys.ts'
import { closing } from '../closer.ts'
import { openOwnToken, pinsOf } from './own-token.ts'
import type { PartOptions } from './part-options.ts'

const LABELS: TransactionKeyLabels = {
  base: TRUST_KEYS.bases,
  zone: { 0: 'zone-pin-tdes', 4: 'zone-pin-aes' },
}
const LOST: TransactionKeyLabels = { ...LABELS, zone: { 0: 'lost', 4: 'lost' } }
const ZONE_MASTER = 'zone-master'

/** The merchant ASE's HSM for terminals and payments, opened when it is needed first. */
export class MerchantHsm {
  readonly #token: () => Promise<OpenedToken>
  readonly #options: PartOptions
  /** The keys are made at the first ceremony, unless there was one before this bench: most benches onboard nobody. */
  readonly #certificates = once(async () => {
    const { clock, estate } = this.#options
    if (estate !== null) return keptCertificates(estate.folder)
    return makeTrust(await this.#hsm(), { clock, random })
  })
  #hsm: () => Promise<Hsm>
  #labels = LABELS

  constructor(options: PartOptions) {
    this.#options = options
    this.#token = once(() => openToken(options))
    this.#hsm = this.#opening()
  }

  /** User PINs of its tokens, to search outputs for. */
  async tokenPins(): Promise<readonly string[]> {
    return pinsOf(await this.#token())
  }

  /** What the trust in terminals rests on, in whichever HSM is open when it is asked. */
  async trust(): Promise<TrustKeys> {
    const certificates = await this.#certificates()
    const now = async () => hsmTrustKeys(await this.#hsm(), certificates)
    const keys = await now()
    const { configurator } = keys
    return {
      ...keys,
      configurator: { ...configurator, sign: async (data) => (await now()).configurator.sign(data) },
      signCertificate: async (data) => (await now()).signCertificate(data),
      signCrl: async (data) => (await now()).signCrl(data),
      exportInitialKey: async (order) => (await now()).exportInitialKey(order),
    }
  }

  async transactions(): Promise<TransactionKeys> {
    // The base keys are made with the rest.
    await this.#certificates()
    return new HsmTransactionKeys(await this.#hsm(), this.#labels)
  }

  /** What is asked of it from now on finds it closed. */
  async stopHsm(): Promise<void> {
    await (await this.#hsm()).close()
  }

  /** Opens it again, with the keys that it had. */
  async startHsm(): Promise<void> {
    this.#hsm = this.#opening()
    await this.#hsm()
  }

  /** Takes the PIN working keys of another ASE, which has the same components. Throws when a key block is refused. */
  async takeZonePinKeys(components: ZoneComponents, blocks: ZonePinKeys): Promise<void> {
    const { exchange } = await this.#hsm()
    const kcv = toHex(aesKcv(xor(...components), 3))
    await exchange.importZmk({ label: ZONE_MASTER, algorithm: 'aes-128', components, kcv })
    for (const [label, block] of [
      [LABELS.zone[4], blocks[16]],
      [LABELS.zone[0], blocks[8]],
    ] as const) {
      const taken = await exchange.importWorkingKey({
        ...{ label, usage: 'PIN working', zoneMaster: ZONE_MASTER, block },
      })
      if (!taken.ok) throw new Error(`expected key block "${label}" to be taken, got ${taken.reason}`)
    }
  }

  /** As if the keys shared with the issuer had never come; and back again. */
  losePinKeys(lost: boolean): void {
    this.#labels = lost ? LOST : LABELS
  }

  #opening(): () => Promise<Hsm> {
    return once(async () => openMerchantHsm(await this.#token(), this.#options))
  }
}

function openToken({ profile, directory, estate, closers }: PartOptions): Promise<OpenedToken> {
  return estate === null
    ? openOwnToken({ profile, directory, closers }, 'merchant-token')
    : keptPaymentKeys({ folder: estate.folder, closers })
}

function openMerchantHsm(
  { access, twins, keys }: OpenedToken,
  { profile, clock, journal, closers }: PartOptions,
): Promise<Hsm> {
  const { signers, clearAllowed } = profile.hsm
  return closing(closers, openHsm({ token: access, twins, keys, signers, clearAllowed, clock, journal }))
}
