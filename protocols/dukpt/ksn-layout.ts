import { fromHex, toHex } from '../bytes/bytes.ts'
import { DukptError } from './error.ts'
import { ID_BYTES } from './ksn.ts'
import type { DukptScheme, Ksn } from './scheme.ts'

const ID_BITS = ID_BYTES * 8

/** The fields before the counter, from the left: name and bits. Together 59 bits (TDES) or 64 (AES). */
export type KsnLayout = readonly (readonly [name: string, bits: number])[]

/** Layouts in use. An acquirer may split the same bits in another way. */
export const KSN_LAYOUTS = {
  /** Issuer identification number, then the numbers that its owner gives: as X9.24 recommends it. */
  smid: [
    ['iin', 24],
    ['customer', 8],
    ['group', 8],
    ['device', 19],
  ],
  /** Key set identifier and tamper resistant security module, as many TDES terminals have it. */
  'ksi-trsm': [
    ['keySet', 40],
    ['device', 19],
  ],
  /** The initial key identifier of AES DUKPT (X9.24-3:2017). */
  aes: [
    ['bdk', 32],
    ['derivation', 32],
  ],
} as const satisfies Record<string, KsnLayout>

/** What the fields of a KSN hold. Throws a {@link DukptError} when the layout is not as wide as the scheme's identifier. */
export function ksnFields(ksn: Ksn, layout: KsnLayout): Record<string, bigint> {
  const unused = unusedBits(ksn.scheme, layout)
  let rest = BigInt(`0x${toHex(ksn.id)}`) >> unused
  const fields: [string, bigint][] = []
  for (const [name, bits] of layout.toReversed()) {
    fields.unshift([name, BigInt.asUintN(bits, rest)])
    rest >>= BigInt(bits)
  }
  return Object.fromEntries(fields)
}

/**
 * The KSN of an initial key with these fields. Throws a {@link DukptError} when the layout is not as wide as the scheme's identifier, or a
 * field is absent or does not fit.
 */
export function ksnOfFields(
  scheme: DukptScheme,
  layout: KsnLayout,
  fields: Readonly<Record<string, bigint>>,
): Ksn {
  const unused = unusedBits(scheme, layout)
  const id = layout.reduce((left, [name, bits]) => (left << BigInt(bits)) | field(fields, name, bits), 0n)
  return { scheme, id: fromHex((id << unused).toString(16).padStart(ID_BYTES * 2, '0')), counter: 0 }
}

/** Bits at the right of the identifier's 8 bytes that belong to the counter. */
function unusedBits(scheme: DukptScheme, layout: KsnLayout): bigint {
  const bits = layout.reduce((sum, [, width]) => sum + width, 0)
  const expected = scheme.ksnBytes * 8 - scheme.counterBits
  if (bits !== expected)
    throw new DukptError(`a layout of ${expected} bits`, `${bits}`, `use one for ${scheme.name} DUKPT`)
  return BigInt(ID_BITS - bits)
}

function field(fields: Readonly<Record<string, bigint>>, name: string, bits: number): bigint {
  const value = fields[name]
  if (value === undefined || BigInt.asUintN(bits, value) !== value)
    throw new DukptError(
      `the KSN field ${name} of ${bits} bits`,
      value === undefined ? 'none' : `${value}`,
      'give one that fits',
    )
  return value
}
