/** Byte-wise exclusive or. Throws a RangeError unless both have the same length. */
export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length)
    throw new RangeError(`expected two values of one length, got ${a.length} and ${b.length} bytes`)
  return a.map((byte, index) => byte ^ (b[index] ?? 0))
}

/** Every bit turned over. */
export function not(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0xff)
}
