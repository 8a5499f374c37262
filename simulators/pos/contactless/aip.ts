/** Application Interchange Profile as kernel 2 reads it, Book C-2, Annex A (82): byte, mask. */
const BITS = {
  cda: [0, 0x01],
  onDeviceCvm: [0, 0x02],
  cardholderVerification: [0, 0x10],
  emvMode: [1, 0x80],
  relayResistance: [1, 0x01],
} as const satisfies Record<string, readonly [number, number]>

export function aipHas(aip: Uint8Array, bit: keyof typeof BITS): boolean {
  const [index, mask] = BITS[bit]
  return ((aip[index] ?? 0) & mask) !== 0
}
