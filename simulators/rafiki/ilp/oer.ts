import { concat } from '../../../protocols/bytes/bytes.ts'

/** VarOctetString (RFC 30): length, in one byte below 128, else `80 | n` and n bytes, then the octets. */
export function varOctets(octets: Uint8Array): Uint8Array {
  if (octets.length < 0x80) return concat(Uint8Array.of(octets.length), octets)
  const length = bigEndian(BigInt(octets.length))
  return concat(Uint8Array.of(0x80 | length.length), length, octets)
}

/** VarUInt (RFC 30): a VarOctetString of the shortest big-endian form; zero is one byte. */
export function varUint(value: bigint): Uint8Array {
  return varOctets(bigEndian(value))
}

/** Reads the parts of an octet-encoded message one after the other. Throws a RangeError when the message ends too early. */
export class OerReader {
  readonly #octets: Uint8Array
  #at = 0

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  uint8(): number {
    return this.take(1)[0] ?? 0
  }

  varUint(): bigint {
    const octets = this.varOctets()
    if (octets.length < 1 || octets.length > 8)
      throw new RangeError(`expected an integer of 1 to 8 bytes, got ${octets.length}`)
    return BigInt(`0x${Buffer.from(octets).toString('hex')}`)
  }

  varOctets(): Uint8Array {
    const first = this.uint8()
    if (first < 0x80) return this.take(first)
    const size = first & 0x7f
    if (size < 1 || size > 4) throw new RangeError(`expected a length of 1 to 4 bytes, got ${size}`)
    return this.take(Number(BigInt(`0x${Buffer.from(this.take(size)).toString('hex')}`)))
  }

  take(length: number): Uint8Array {
    const end = this.#at + length
    if (end > this.#octets.length)
      throw new RangeError(`expected ${length} more bytes, got ${this.#octets.length - this.#at}`)
    const part = this.#octets.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

function bigEndian(value: bigint): Uint8Array {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
