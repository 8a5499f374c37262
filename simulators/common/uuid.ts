/** Source of random bytes. */
export type Random = (length: number) => Uint8Array

/** A version 4 UUID (RFC 9562, 5.4) of 16 bytes of `random`. */
export function uuid(random: Random): string {
  const bytes = Buffer.from(random(16))
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return uuidOf(bytes)
}

/** Whether a text is a UUID, of any version. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

/** The 16 bytes of a UUID's text; null when it is none. */
export function uuidBytes(text: string): Uint8Array | null {
  if (!isUuid(text)) return null
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}

/** The text of a UUID of 16 bytes. */
export function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
