import type { IlpFulfill, IlpPrepare, IlpReject } from 'ilp-packet'
import { equal } from '../../../protocols/bytes/bytes.ts'
import type { Random } from '../../common/uuid.ts'
import { conditionOf, fulfilmentOf, type StreamKeys, seal, streamKeys, unseal } from './stream-crypto.ts'
import { encodeStreamPacket, ILP_TYPE, readStreamPacket, type StreamPacket } from './stream-packet.ts'

/** Why a packet is not taken: ILP error code (RFC 27) and message. */
export interface Refused {
  code: string
  message: string
  data?: Uint8Array
}

/** A packet that may be fulfilled, once the money is booked. */
export interface Receivable {
  fulfill: IlpFulfill
}

/**
 * The receiver's end of STREAM (RFC 29, 4): opens the packet's data with the payment's shared secret, and either prepares the fulfilment
 * for `amount`, in the payment's own asset, or says why not.
 */
export function receive(
  prepare: IlpPrepare,
  amount: bigint,
  sharedSecret: Uint8Array,
  random: Random,
): Receivable | Refused {
  const keys = streamKeys(sharedSecret)
  const packet = open(keys, prepare.data)
  if (packet === null) return { code: 'F06', message: 'data was not made with the shared secret' }
  if (packet.ilpType !== ILP_TYPE.prepare)
    return { code: 'F00', message: 'STREAM packet does not belong to a Prepare' }
  const fulfilment = fulfilmentOf(keys, prepare.data)
  const fulfillable = equal(conditionOf(fulfilment), prepare.executionCondition)
  if (amount < packet.amount || !fulfillable)
    return { code: 'F99', message: '', data: reply(keys, ILP_TYPE.reject, packet, amount, random) }
  return {
    fulfill: {
      fulfillment: Buffer.from(fulfilment),
      data: Buffer.from(reply(keys, ILP_TYPE.fulfill, packet, amount, random)),
    },
  }
}

/** The ILP Reject packet of a refusal by the connector at `address`. */
export function rejectOf({ code, message, data }: Refused, address: string): IlpReject {
  return { code, message, triggeredBy: address, data: Buffer.from(data ?? []) }
}

function open(keys: StreamKeys, data: Uint8Array): StreamPacket | null {
  const plain = unseal(keys.encryption, data)
  return plain === null ? null : readStreamPacket(plain)
}

function reply(
  keys: StreamKeys,
  ilpType: StreamPacket['ilpType'],
  { sequence }: StreamPacket,
  amount: bigint,
  random: Random,
): Uint8Array {
  const packet = encodeStreamPacket({ ilpType, sequence, amount, money: [] })
  return seal(keys.encryption, random(12), packet)
}
