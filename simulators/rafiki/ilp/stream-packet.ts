import { concat } from '../../../protocols/bytes/bytes.ts'
import { OerReader, varOctets, varUint } from './oer.ts'

// RFC 29, 5.1 and 5.3
const VERSION = 1
const STREAM_MONEY = 0x11

/** ILP packet types (RFC 27), as a STREAM packet repeats them to prove which packet it belongs to. */
export const ILP_TYPE = { prepare: 12, fulfill: 13, reject: 14 } as const
export type IlpType = (typeof ILP_TYPE)[keyof typeof ILP_TYPE]

/** StreamMoney frame: how the packet's amount is shared out. */
export interface StreamMoney {
  streamId: bigint
  shares: bigint
}

/** A STREAM packet (RFC 29, 5.1) with the frames a payment needs. */
export interface StreamPacket {
  ilpType: IlpType
  sequence: bigint
  /** In a Prepare the least amount that must arrive, in a Fulfill or Reject the amount that did. */
  amount: bigint
  money: StreamMoney[]
}

export function encodeStreamPacket({ ilpType, sequence, amount, money }: StreamPacket): Uint8Array {
  const frames = money.map(({ streamId, shares }) =>
    concat(Uint8Array.of(STREAM_MONEY), varOctets(concat(varUint(streamId), varUint(shares)))),
  )
  const head = [Uint8Array.of(VERSION, ilpType), varUint(sequence), varUint(amount)]
  return concat(...head, varUint(BigInt(frames.length)), ...frames)
}

/**
 * Reads a STREAM packet. Frames of other kinds are passed over, as RFC 29, 5.3 asks for unknown ones; what follows the last frame is
 * padding. Throws a RangeError for another version or a packet that ends too early.
 */
export function decodeStreamPacket(octets: Uint8Array): StreamPacket {
  const reader = new OerReader(octets)
  const version = reader.uint8()
  if (version !== VERSION) throw new RangeError(`expected STREAM version ${VERSION}, got ${version}`)
  const ilpType = ilpTypeOf(reader.uint8())
  const sequence = reader.varUint()
  const amount = reader.varUint()
  const money: StreamMoney[] = []
  for (let left = reader.varUint(); left > 0n; left--) readFrame(reader, money)
  return { ilpType, sequence, amount, money }
}

/** As {@link decodeStreamPacket}, but null for what cannot be read. */
export function readStreamPacket(octets: Uint8Array): StreamPacket | null {
  try {
    return decodeStreamPacket(octets)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function readFrame(reader: OerReader, money: StreamMoney[]): void {
  const type = reader.uint8()
  const contents = new OerReader(reader.varOctets())
  if (type === STREAM_MONEY) money.push({ streamId: contents.varUint(), shares: contents.varUint() })
}

function ilpTypeOf(value: number): IlpType {
  const found = Object.values(ILP_TYPE).find((type) => type === value)
  if (found === undefined) throw new RangeError(`expected ILP packet type 12, 13 or 14, got ${value}`)
  return found
}
