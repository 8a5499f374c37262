import { toHex } from '../../../protocols/bytes/bytes.ts'
import { encodeAccountData } from '../../../protocols/emv/account-data.ts'
import type { SecuredAccount, SecuredPin } from '../secured-members.ts'
import type { Device } from './device.ts'
import type { DeviceKey } from './key-set.ts'
import type { DevicePinFormat, Enciphered } from './white-box.ts'

/** What a terminal's device does for a payment. Nothing comes of a device that has no keys, or none that are left. */
export class TransactionKeys {
  readonly #device: Device
  readonly #keep: (device: Device) => Promise<void>

  /** `keep` stores the device: it is awaited before anything that a key enciphered goes out, so that no key is used twice. */
  constructor(device: Device, keep: (device: Device) => Promise<void> = async () => {}) {
    this.#device = device
    this.#keep = keep
  }

  /** Null when the card told no account; `exhausted` when no key is left. Throws when the device was tampered with. */
  async account(card: ReadonlyMap<string, Uint8Array>): Promise<SecuredAccount | 'exhausted' | null> {
    const data = encodeAccountData(card)
    if (data === null) return null
    const sent = await this.#use(({ SRED: { handle } }, { whiteBox }) => whiteBox.encipherData(handle, data))
    return sent === null ? 'exhausted' : { ksn: toHex(sent.ksn), data: toHex(sent.data) }
  }

  /** `pin`: 4 to 12 digits, `pan`: of the account that it is for; TDES keys make format 0 whatever `format` says. Throws as {@link account}, and for a PIN that is none. */
  async pin(pin: string, pan: string, format: DevicePinFormat): Promise<SecuredPin | 'exhausted'> {
    // Format 4 is of AES alone (ISO 9564-1:2017, 9.4).
    const made = this.#device.current?.dukpt === 'TDES' ? 0 : format
    const sent = await this.#use(({ PIN: { handle } }, { whiteBox }) =>
      whiteBox.encipherPin(handle, pin, pan, made),
    )
    return sent === null ? 'exhausted' : { ksn: toHex(sent.ksn), format: made, pinBlock: toHex(sent.data) }
  }

  async #use(
    encipher: (keys: Record<'PIN' | 'SRED', DeviceKey>, parts: Device['parts']) => Enciphered | null,
  ): Promise<Enciphered | null> {
    const { current, parts } = this.#device
    if (current === null) return null
    const sent = encipher(current.keys, parts)
    await this.#keep(this.#device)
    return sent
  }
}
