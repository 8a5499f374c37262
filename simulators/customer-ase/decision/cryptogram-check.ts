import { CID } from '../../../protocols/interledger/application.ts'
import type { InterledgerPayload } from '../../../protocols/interledger/payload.ts'
import type { CardAlgorithm, CardKeys } from '../cards/card-keys.ts'
import type { PayerCard } from './payer.ts'

// Cryptogram information data (9F27) tells which of the two cryptograms of the Interledger profile it is.
const ALGORITHM_OF: Record<number, CardAlgorithm> = { [CID.aes]: 'aes-128', [CID.ecdsa]: 'ec-p256' }

/** Asks the HSM whose cryptogram a payload holds; each card once, however often a decision is made anew. */
export class CryptogramCheck {
  readonly #keys: CardKeys
  readonly #payload: InterledgerPayload
  readonly #answers = new Map<string, Promise<boolean>>()

  constructor(keys: CardKeys, payload: InterledgerPayload) {
    this.#keys = keys
    this.#payload = payload
  }

  /** Whether this card made the cryptogram. */
  isBy(card: PayerCard): Promise<boolean> {
    const known = this.#answers.get(card.id)
    if (known !== undefined) return known
    const answer = this.#ask(card)
    this.#answers.set(card.id, answer)
    return answer
  }

  /**
   * The card that was tapped. Nothing in the payload names it but the wallet address, so that of several cards on one account it is the
   * one whose key made the cryptogram; if none did, the newest stands for all.
   */
  async cardOf([newest, ...older]: readonly [PayerCard, ...PayerCard[]]): Promise<PayerCard> {
    if (older.length === 0) return newest
    for (const card of [newest, ...older]) if (await this.isBy(card)) return card
    return newest
  }

  async #ask(card: PayerCard): Promise<boolean> {
    const { cid, cdol1Data, cryptogram } = this.#payload
    if (ALGORITHM_OF[cid] !== card.algorithm) return false
    return this.#keys.verifyArqc({
      scheme: 'interledger',
      key: card.keyLabel,
      cid,
      data: cdol1Data,
      cryptogram,
    })
  }
}
