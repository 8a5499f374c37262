/** The key with the low bit of every byte set so that the byte has an odd number of ones (ANSI X3.92). */
export function withOddParity(key: Uint8Array): Uint8Array {
  return key.map((byte) => (isOdd(byte) ? byte : byte ^ 0x01))
}

/** Whether every byte has an odd number of ones. */
export function hasOddParity(key: Uint8Array): boolean {
  return key.every(isOdd)
}

function isOdd(byte: number): boolean {
  const nibbles = byte ^ (byte >> 4)
  // One bit for each value of a nibble: set where the number of ones is odd.
  return ((0x6996 >> (nibbles & 0x0f)) & 1) === 1
}
