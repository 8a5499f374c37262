import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import { concat } from '../../../protocols/bytes/bytes.ts'
import type { Random } from '../../common/uuid.ts'
import type { IssuerPins, KeptPin, NewPin, PinCheck } from './issuer-pins.ts'

/** Labels of keys in the issuer's HSM. */
export interface PinKeyLabels {
  /** PIN verification key, two-key triple DES. */
  verification: string
  /** Data key (AES), under which PANs are kept. */
  pans: string
  /** PIN working key (AES) shared with whoever prints PIN letters. */
  mailer: string
  /** PIN working keys shared with merchants' ASEs, by the bytes of a PIN block: 16 of AES, 8 of triple DES. */
  zone: Readonly<Record<8 | 16, string>>
}

const IV_BYTES = 16
const KEY_INDEX = '1'

/** {@link IssuerPins} by a payment HSM: Visa PVV; a PAN is AES-CBC after a random initial vector, padded with F. */
export class HsmPins implements IssuerPins {
  readonly #hsm: Pick<Hsm, 'pins' | 'encryptData' | 'decryptData'>
  readonly #labels: PinKeyLabels
  readonly #random: Random

  constructor(hsm: Pick<Hsm, 'pins' | 'encryptData' | 'decryptData'>, labels: PinKeyLabels, random: Random) {
    this.#hsm = hsm
    this.#labels = labels
    this.#random = random
  }

  async generate(pan: string, length: number): Promise<NewPin> {
    const { mailer, pans } = this.#labels
    const iv = this.#random(IV_BYTES)
    const data = new Uint8Array(Buffer.from(pan.padEnd(IV_BYTES * 2, 'F'), 'hex'))
    const [{ block, value }, enciphered] = await Promise.all([
      this.#hsm.pins.generatePin({
        account: this.#account(pan),
        source: 'random',
        length,
        to: { key: mailer, format: 4, pan },
      }),
      this.#hsm.encryptData({ key: pans, mode: 'cbc', iv, data }),
    ])
    return { value, mailer: block, encipheredPan: concat(iv, enciphered) }
  }

  async verify(
    { value, encipheredPan }: KeptPin,
    block: Uint8Array,
    wanted: Promise<boolean>,
  ): Promise<PinCheck | null> {
    // The HSM finds the PAN while it looks at the cryptogram that decides whether the PIN is wanted.
    const [pan, isWanted] = await Promise.all([this.#panOf(encipheredPan), wanted])
    if (!isWanted) return null
    const format = block.length === 16 ? 4 : 0
    const side = { key: this.#labels.zone[format === 4 ? 16 : 8], format, pan } as const
    return this.#hsm.pins.verifyPin({ account: this.#account(pan), value, side, block })
  }

  async #panOf(enciphered: Uint8Array): Promise<string> {
    const [iv, data] = [enciphered.subarray(0, IV_BYTES), enciphered.subarray(IV_BYTES)]
    const clear = await this.#hsm.decryptData({ key: this.#labels.pans, mode: 'cbc', iv, data })
    return Buffer.from(clear).toString('hex').replace(/f+$/, '')
  }

  #account(pan: string) {
    return { method: 'visa-pvv', key: this.#labels.verification, pan, keyIndex: KEY_INDEX } as const
  }
}
