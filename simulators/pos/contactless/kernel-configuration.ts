import type { Kernel2Configuration } from './configuration.ts'

/** Kernel Configuration, DF811B, Book C-2, Annex A. */
const BITS = {
  magStripeNotSupported: 0x80,
  emvNotSupported: 0x40,
  onDeviceCvm: 0x20,
  relayResistance: 0x10,
  readAllRecords: 0x04,
} as const satisfies Record<string, number>

export function isConfigured(
  { configuration }: Pick<Kernel2Configuration, 'configuration'>,
  bit: keyof typeof BITS,
): boolean {
  return ((configuration[0] ?? 0) & BITS[bit]) !== 0
}
