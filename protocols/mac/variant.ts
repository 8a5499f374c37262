const LARGEST_VARIANT = 31

/**
 * Atalla variant of a DES key of 8, 16 or 24 bytes: the first byte of every 8 is exclusive-ored with `variant` times 8. Throws a
 * RangeError when `variant` is no integer from 0 to 31.
 */
export function keyVariant(key: Uint8Array, variant: number): Uint8Array {
  if (!Number.isInteger(variant) || variant < 0 || variant > LARGEST_VARIANT)
    throw new RangeError(`expected a variant from 0 to ${LARGEST_VARIANT}, got ${variant}`)
  return key.map((byte, index) => (index % 8 === 0 ? byte ^ (variant << 3) : byte))
}
