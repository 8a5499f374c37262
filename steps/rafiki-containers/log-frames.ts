const HEADER_LENGTH = 8

/**
 * The text of a container's log as engines send it: frames of a header (stream, three zeros, length in four bytes) and that many bytes of
 * standard output or error. What ends within a frame is taken as far as it goes.
 */
export function demultiplexed(log: Uint8Array): string {
  const bytes = Buffer.from(log.buffer, log.byteOffset, log.byteLength)
  const parts: Buffer[] = []
  let at = 0
  while (at + HEADER_LENGTH <= bytes.length) {
    const end = at + HEADER_LENGTH + bytes.readUInt32BE(at + 4)
    parts.push(bytes.subarray(at + HEADER_LENGTH, end))
    at = end
  }
  return Buffer.concat(parts).toString('utf8')
}
