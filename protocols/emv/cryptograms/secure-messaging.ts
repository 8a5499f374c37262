import { concat } from '../../bytes/bytes.ts'
import { encodeTlv, parseTlv, type Tlv, TlvError } from '../../tlv/tlv.ts'

const HEADER_BYTES = 4
const MAC_BYTES = 8
const MAC_OBJECT_BYTES = MAC_BYTES + 2
const PLAIN_TAG = '81'
const ENCIPHERED_TAG = '87'
const MAC_TAG = '8E'
/** Padding indicator of tag 87: padded by method 2 (ISO/IEC 7816-4, 10.4). */
const PADDED = 0x01

/** A protected command taken apart. */
export interface ProtectedParts {
  /** What of the header enters the MAC. */
  header: Uint8Array
  /** The data field before the MAC. */
  body: Uint8Array
  mac: Uint8Array
}

/** How data and MAC stand in a command. Every function that reads gives null for what does not have the form. */
export interface SecureMessagingFormat {
  /** What the MAC covers of the header of a command whose data field has `body` before the MAC. */
  macHeader: (header: Uint8Array, body: Uint8Array) => Uint8Array
  wrap: (data: Uint8Array, enciphered: boolean) => Uint8Array
  unwrap: (body: Uint8Array, enciphered: boolean) => Uint8Array | null
  join: (header: Uint8Array, body: Uint8Array, mac: Uint8Array) => Uint8Array
  split: (command: Uint8Array) => ProtectedParts | null
}

/** Secure messaging format 1, EMV 4.4 Book 2, 9.2.1 and 9.3.1: data objects of ISO/IEC 7816-4. */
export const FORMAT_1: SecureMessagingFormat = {
  macHeader: (header) => header,
  wrap: (data, enciphered) => {
    if (enciphered) return encodeTlv(ENCIPHERED_TAG, [Uint8Array.of(PADDED), data])
    return data.length === 0 ? data : encodeTlv(PLAIN_TAG, data)
  },
  unwrap: (body, enciphered) => {
    if (body.length === 0) return enciphered ? null : body
    const value = onlyObject(body, enciphered ? ENCIPHERED_TAG : PLAIN_TAG)
    if (value === null || !enciphered) return value
    return value[0] === PADDED ? value.subarray(1) : null
  },
  join: (header, body, mac) => withLength(header, concat(body, encodeTlv(MAC_TAG, mac))),
  split: (command) => {
    const data = command.subarray(HEADER_BYTES + 1)
    const mac = onlyObject(data.subarray(-MAC_OBJECT_BYTES), MAC_TAG)
    if (mac?.length !== MAC_BYTES) return null
    return { header: command.subarray(0, HEADER_BYTES), body: data.subarray(0, -MAC_OBJECT_BYTES), mac }
  },
}

/** Secure messaging format 2, EMV 4.4 Book 2, 9.2.2 and 9.3.2: data, then MAC, bare. */
export const FORMAT_2: SecureMessagingFormat = {
  macHeader: (header, body) => concat(header, Uint8Array.of(body.length + MAC_BYTES)),
  wrap: (data) => data,
  unwrap: (body) => body,
  join: (header, body, mac) => withLength(header, concat(body, mac)),
  split: (command) => {
    const data = command.subarray(HEADER_BYTES + 1)
    if (data.length < MAC_BYTES) return null
    const [body, mac] = [data.subarray(0, -MAC_BYTES), data.subarray(-MAC_BYTES)]
    return { header: command.subarray(0, HEADER_BYTES + 1), body, mac }
  },
}

function withLength(header: Uint8Array, data: Uint8Array): Uint8Array {
  if (header.length !== HEADER_BYTES || data.length > 255)
    throw new RangeError(
      `expected CLA INS P1 P2 and at most 255 bytes of protected data, got ${header.length} and ${data.length}`,
    )
  return concat(header, Uint8Array.of(data.length), data)
}

function onlyObject(bytes: Uint8Array, tag: string): Uint8Array | null {
  const [first, ...others] = objects(bytes)
  return first?.tag === tag && others.length === 0 ? first.value : null
}

function objects(bytes: Uint8Array): Tlv[] {
  try {
    return parseTlv(bytes)
  } catch (error) {
    if (error instanceof TlvError) return []
    throw error
  }
}
