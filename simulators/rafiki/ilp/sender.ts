import { deserializeIlpReply, type IlpPrepare, isFulfill, serializeIlpPrepare } from 'ilp-packet'
import { equal } from '../../../protocols/bytes/bytes.ts'
import type { Random } from '../../common/uuid.ts'
import type { ConnectionCredentials } from './credentials.ts'
import { conditionOf, fulfilmentOf, type StreamKeys, seal, streamKeys, unseal } from './stream-crypto.ts'
import { encodeStreamPacket, ILP_TYPE, readStreamPacket } from './stream-packet.ts'

/** One packet on its way: what it takes from the payer and the least that must reach the payee. */
export interface PacketAmounts {
  source: bigint
  leastDelivered: bigint
}

/** What became of a packet. A fulfilled one without proof of the amount breaks the protocol. */
export type PacketResult =
  | { fulfilled: true; delivered: bigint }
  | { fulfilled: false; code: string; message: string }
  | { fulfilled: false; code: 'protocol'; message: string }

export interface StreamSenderOptions {
  credentials: ConnectionCredentials
  random: Random
  /** Carries a serialised Prepare to the peer and brings the serialised reply. */
  carry: (prepare: Uint8Array) => Promise<Uint8Array>
  expiresAt: () => Date
}

/** The sender's end of a STREAM connection (RFC 29, 4): numbers its packets, encrypts their data and checks the fulfilments. */
export class StreamSender {
  readonly #options: StreamSenderOptions
  readonly #keys: StreamKeys
  #sequence = 0n

  constructor(options: StreamSenderOptions) {
    this.#options = options
    this.#keys = streamKeys(options.credentials.sharedSecret)
  }

  /** Sends one packet. Throws what `carry` throws, and what `ilp-packet` throws for a reply that is no ILP packet. */
  async send({ source, leastDelivered }: PacketAmounts): Promise<PacketResult> {
    const sequence = ++this.#sequence
    const data = this.#data(sequence, leastDelivered)
    const fulfilment = fulfilmentOf(this.#keys, data)
    const prepare = this.#prepare(source, data, conditionOf(fulfilment))
    const octets = await this.#options.carry(serializeIlpPrepare(prepare))
    const reply = deserializeIlpReply(Buffer.from(octets))
    if (!isFulfill(reply)) return { fulfilled: false, code: reply.code, message: reply.message }
    if (!equal(reply.fulfillment, fulfilment))
      return { fulfilled: false, code: 'F05', message: 'fulfilment does not match the condition' }
    const delivered = this.#proven(reply.data, sequence)
    if (delivered === null || delivered < leastDelivered)
      return { fulfilled: false, code: 'protocol', message: 'fulfilled without proof of the amount' }
    return { fulfilled: true, delivered }
  }

  #data(sequence: bigint, amount: bigint): Uint8Array {
    const money = [{ streamId: 1n, shares: 1n }]
    const packet = { ilpType: ILP_TYPE.prepare, sequence, amount, money }
    return seal(this.#keys.encryption, this.#options.random(12), encodeStreamPacket(packet))
  }

  #prepare(source: bigint, data: Uint8Array, condition: Uint8Array): IlpPrepare {
    return {
      amount: source.toString(),
      executionCondition: Buffer.from(condition),
      expiresAt: this.#options.expiresAt(),
      destination: this.#options.credentials.ilpAddress,
      data: Buffer.from(data),
    }
  }

  /** The amount that the receiver confirms for this very packet; null when it does not. */
  #proven(data: Uint8Array, sequence: bigint): bigint | null {
    const plain = unseal(this.#keys.encryption, data)
    const packet = plain === null ? null : readStreamPacket(plain)
    const belongs = packet?.ilpType === ILP_TYPE.fulfill && packet.sequence === sequence
    return belongs ? packet.amount : null
  }
}
