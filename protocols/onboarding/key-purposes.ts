import { toHex } from '../bytes/bytes.ts'
import { ID_BYTES } from '../dukpt/ksn.ts'
import type { KeyBlockHeader } from '../keyblock/tr31/header.ts'

/** What the initial keys of a terminal are for: online PIN, and secure reading and exchange of data (PCI PTS). */
export const KEY_PURPOSES = ['PIN', 'SRED'] as const

export type KeyPurpose = (typeof KEY_PURPOSES)[number]

// X9.143:2021, table 2: initial DUKPT key, AES, derives keys, is not exported.
const FIXED = { usage: 'B1', algorithm: 'A', mode: 'X', exportability: 'N' } as const
const FRAME = 4

/**
 * Header of the key block of an initial key, 16 characters and the optional blocks IK and LB (X9.143:2021, 6.3.6), so that the host signs
 * which key it is and what it is for. `id`: 8 bytes.
 */
export function initialKeyHeader(purpose: KeyPurpose, id: Uint8Array): string {
  if (id.length !== ID_BYTES)
    throw new RangeError(`expected an identifier of ${ID_BYTES} bytes, got ${id.length}`)
  const { usage, algorithm, mode, exportability } = FIXED
  const blocks = optionalBlock('IK', toHex(id)) + optionalBlock('LB', purpose)
  const length = String(16 + blocks.length).padStart(4, '0')
  return `D${length}${usage}${algorithm}${mode}00${exportability}0200${blocks}`
}

/** The identifier of the initial key, upper-case hexadecimal; null when the header is not one of {@link initialKeyHeader} for this purpose. */
export function initialKeyId(header: KeyBlockHeader, purpose: KeyPurpose): string | null {
  const fixed = Object.entries(FIXED).every(([field, value]) => header[field as keyof typeof FIXED] === value)
  const block = (wanted: string) => header.optionalBlocks.find(({ id }) => id === wanted)?.data
  return fixed && block('LB') === purpose ? (block('IK') ?? null) : null
}

function optionalBlock(id: string, data: string): string {
  return `${id}${(FRAME + data.length).toString(16).toUpperCase().padStart(2, '0')}${data}`
}
