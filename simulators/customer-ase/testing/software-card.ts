import { createDecipheriv, createPrivateKey, type KeyObject } from 'node:crypto'
import { concat, fromHex } from '../../../protocols/bytes/bytes.ts'
import { emvDate, emvTime, toBcd } from '../../../protocols/emv/numeric.ts'
import { CID } from '../../../protocols/interledger/application.ts'
import { aesCryptogram, ecdsaCryptogram } from '../../../protocols/interledger/cryptogram.ts'
import { buildPayload, cdol1DataOf, type PayloadFields } from '../../../protocols/interledger/payload.ts'
import { toPaymentPointer } from '../../../protocols/interledger/payment-pointer.ts'
import type { IssuedCard } from '../cards/cards.ts'

export type SignedFields = Omit<PayloadFields, 'cid' | 'cryptogram'>

/** The cryptography of a card, from its personalisation record: what a terminal would get out of it. */
export class SoftwareCard {
  readonly record: IssuedCard
  readonly #key: Uint8Array
  #atc = 0

  constructor(record: IssuedCard, transportKey: Uint8Array) {
    this.record = record
    this.#key = unwrap(fromHex(record.key.wrapped), transportKey)
  }

  /** Signs a tap with the next ATC; `changed` replaces what the card or the terminal would put into it. */
  sign(
    tap: { amount: bigint; now: number; un: Uint8Array; receiver: string },
    changed: Partial<SignedFields> = {},
  ) {
    this.#atc += 1
    const signed: SignedFields = {
      atc: Uint8Array.of(this.#atc >> 8, this.#atc & 0xff),
      amount: tap.amount,
      currency: '0978',
      exponent: 2,
      date: emvDate(tap.now),
      time: emvTime(tap.now),
      unpredictableNumber: tap.un,
      receiver: toPaymentPointer(tap.receiver),
      sender: toPaymentPointer(this.record.walletAddress),
      ...changed,
    }
    const cryptogram = this.#cryptogram(cdol1DataOf(signed))
    const cid = this.record.key.algorithm === 'aes-128' ? CID.aes : CID.ecdsa
    return { payload: buildPayload({ ...signed, cid, cryptogram }), cryptogram }
  }

  #cryptogram(data: Uint8Array): Uint8Array {
    if (this.record.key.algorithm === 'aes-128') return aesCryptogram(this.#key, data)
    return ecdsaCryptogram(toPrivateKey(this.#key), data)
  }
}

/** Four bytes that no tap before had. */
export function unpredictableNumbers(): () => Uint8Array {
  let last = 0
  return () => {
    last += 1
    return toBcd(last, 4)
  }
}

function toPrivateKey(pkcs8: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
}

// RFC 5649, with its alternative initial value.
function unwrap(wrapped: Uint8Array, transportKey: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('id-aes128-wrap-pad', transportKey, fromHex('A65959A6'))
  return concat(decipher.update(wrapped), decipher.final())
}
