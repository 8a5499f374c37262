import type { Random } from '../../common/uuid.ts'

const BYTES = 16

/** A serial number for a certificate, never given twice (RFC 5280, 4.1.2.2): 16 random bytes, not negative, without zeros in front. */
export function serialNumber(random: Random): Uint8Array {
  const bytes = random(BYTES)
  return bytes.with(0, ((bytes[0] ?? 0) & 0x3f) | 0x40)
}
