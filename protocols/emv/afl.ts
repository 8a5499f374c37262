/** Records of one file that the terminal reads, EMV 4.4 Book 3, 10.2. */
export interface AflEntry {
  /** Short file identifier, 1 to 30. */
  sfi: number
  /** Record numbers, 1 to 255, both included. */
  first: number
  last: number
  /** How many of them, from the first on, take part in offline data authentication. */
  offline: number
}

/** Bytes that are no Application File Locator. */
export class AflError extends Error {
  override name = 'AflError'
}

/** Reads an Application File Locator (tag 94): one or more entries of 4 bytes. Throws {@link AflError} on what 10.2 does not allow. */
export function parseAfl(bytes: Uint8Array): AflEntry[] {
  if (bytes.length === 0 || bytes.length % 4 !== 0)
    throw new AflError(`expected an AFL of one or more entries of 4 bytes, got ${bytes.length} bytes`)
  return Array.from({ length: bytes.length / 4 }, (_, index) => entryAt(bytes, index * 4))
}

/** The bytes of an Application File Locator. Throws {@link AflError} on what {@link parseAfl} would refuse. */
export function encodeAfl(entries: readonly AflEntry[]): Uint8Array {
  const bytes = Uint8Array.from(
    entries.flatMap(({ sfi, first, last, offline }) => [sfi << 3, first, last, offline]),
  )
  parseAfl(bytes)
  return bytes
}

function entryAt(bytes: Uint8Array, offset: number): AflEntry {
  const [file = 0, first = 0, last = 0, offline = 0] = bytes.subarray(offset, offset + 4)
  const sfi = file >> 3
  const rules: [boolean, string][] = [
    [(file & 0x07) === 0, 'the low three bits of the SFI byte to be 0'],
    [sfi >= 1 && sfi <= 30, `an SFI from 1 to 30, got ${sfi}`],
    [first >= 1, 'a first record number other than 0'],
    [last >= first, `a last record not before the first, got ${first} to ${last}`],
    [
      offline <= last - first + 1,
      `at most ${last - first + 1} records for offline authentication, got ${offline}`,
    ],
  ]
  for (const [holds, expected] of rules)
    if (!holds) throw new AflError(`AFL entry ${offset / 4 + 1}: expected ${expected}`)
  return { sfi, first, last, offline }
}
