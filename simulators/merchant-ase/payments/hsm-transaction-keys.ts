import { HsmError } from '../../../hardware/hsm/error.ts'
import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import { type DukptName, schemeOfKsn } from '../../../protocols/dukpt/schemes.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import type { PinTranslation, TerminalPin, TransactionKeys } from './transaction-keys.ts'

/** Labels of keys in the merchant ASE's HSM. */
export interface TransactionKeyLabels {
  /** DUKPT base keys of the terminals. */
  base: Readonly<Record<DukptName, Readonly<Record<KeyPurpose, string>>>>
  /** PIN working keys that are shared with the issuer, by the format of the PIN block. */
  zone: Readonly<Record<0 | 4, string>>
}

/** {@link TransactionKeys} by a payment HSM. */
export class HsmTransactionKeys implements TransactionKeys {
  readonly #hsm: Pick<Hsm, 'pins' | 'dukpt' | 'keys'>
  readonly #labels: TransactionKeyLabels

  constructor(hsm: Pick<Hsm, 'pins' | 'dukpt' | 'keys'>, labels: TransactionKeyLabels) {
    this.#hsm = hsm
    this.#labels = labels
  }

  decryptAccount(ksn: Uint8Array, iv: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
    return this.#hsm.dukpt.decrypt({ key: this.#baseOf('SRED', ksn), ksn, iv, data })
  }

  async translatePin({ ksn, format, block, pan }: TerminalPin): Promise<PinTranslation> {
    const { zone } = this.#labels
    const [from, to] = [
      { key: this.#baseOf('PIN', ksn), ksn, format, pan },
      { key: zone[format], format, pan },
    ]
    try {
      return await this.#hsm.pins.translatePin({ from, to, block })
    } catch (error) {
      if (error instanceof HsmError && error.code === 'KEY_NOT_FOUND') return { ok: false, reason: 'no_key' }
      throw error
    }
  }

  /** Key serial numbers of the two schemes differ in length. */
  #baseOf(purpose: KeyPurpose, ksn: Uint8Array): string {
    return this.#labels.base[schemeOfKsn(ksn)?.name ?? 'AES'][purpose]
  }
}
