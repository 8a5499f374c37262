import { toHex } from '../bytes/bytes.ts'
import { ID_BYTES, ksnBytes } from '../dukpt/ksn.ts'
import type { DukptScheme } from '../dukpt/scheme.ts'
import type { KeyBlockHeader } from '../keyblock/tr31/header.ts'

/** What the initial keys of a terminal are for: online PIN, and secure reading and exchange of data (PCI PTS). */
export const KEY_PURPOSES = ['PIN', 'SRED'] as const

export type KeyPurpose = (typeof KEY_PURPOSES)[number]

// X9.143:2021, table 2: initial DUKPT key, derives keys, is not exported.
const FIXED = { usage: 'B1', mode: 'X', exportability: 'N' } as const
const FRAME = 4

/** How a header says which cipher the key is of, and its name: IK has the identifier, KS the initial key serial number (X9.143:2021, 6.3.6). */
const CIPHERS: Readonly<
  Record<DukptScheme['name'], { version: string; algorithm: string; block: string; bytes: number }>
> = {
  AES: { version: 'D', algorithm: 'A', block: 'IK', bytes: ID_BYTES },
  TDES: { version: 'B', algorithm: 'T', block: 'KS', bytes: 10 },
}

/**
 * Header of the key block of an initial key, 16 characters and the optional blocks IK or KS, and LB (X9.143:2021, 6.3.6), so that the host
 * signs which key it is and what it is for. `id`: 8 bytes.
 */
export function initialKeyHeader(purpose: KeyPurpose, scheme: DukptScheme, id: Uint8Array): string {
  if (id.length !== ID_BYTES)
    throw new RangeError(`expected an identifier of ${ID_BYTES} bytes, got ${id.length}`)
  const { usage, mode, exportability } = FIXED
  const { version, algorithm, block, bytes } = CIPHERS[scheme.name]
  const name = ksnBytes({ scheme, id, counter: 0 }).subarray(0, bytes)
  const blocks = optionalBlock(block, toHex(name)) + optionalBlock('LB', purpose)
  const length = String(16 + blocks.length).padStart(4, '0')
  return `${version}${length}${usage}${algorithm}${mode}00${exportability}0200${blocks}`
}

/**
 * The identifier of the initial key, 8 bytes, upper-case hexadecimal; null when the header is not one of {@link initialKeyHeader} for this
 * purpose and scheme.
 */
export function initialKeyId(
  header: KeyBlockHeader,
  purpose: KeyPurpose,
  { name }: DukptScheme,
): string | null {
  const { algorithm, block: naming, bytes } = CIPHERS[name]
  const expected = { ...FIXED, algorithm }
  const fixed = Object.entries(expected).every(
    ([field, value]) => header[field as keyof typeof expected] === value,
  )
  const block = (wanted: string) => header.optionalBlocks.find(({ id }) => id === wanted)?.data
  const id = block(naming)
  if (!fixed || block('LB') !== purpose || id?.length !== 2 * bytes) return null
  return id.slice(0, 2 * ID_BYTES)
}

function optionalBlock(id: string, data: string): string {
  return `${id}${(FRAME + data.length).toString(16).toUpperCase().padStart(2, '0')}${data}`
}
