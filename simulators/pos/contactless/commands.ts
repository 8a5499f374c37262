import type { Command } from '../../../protocols/apdu/command.ts'

const ALL = 256

/** EXCHANGE RELAY RESISTANCE DATA, Book C-2, 5.3. `entropy`: 4 bytes. */
export function exchangeRelayResistanceData(entropy: Uint8Array): Command {
  return { cla: 0x80, ins: 0xea, p1: 0x00, p2: 0x00, data: entropy, le: ALL }
}

/** RECOVER AC, Book C-2, 5.8. `drdolData`: the values that the DRDOL (9F51) asks for. */
export function recoverAc(drdolData: Uint8Array): Command {
  return { cla: 0x80, ins: 0xd0, p1: 0x00, p2: 0x00, data: drdolData, le: ALL }
}

/** COMPUTE CRYPTOGRAPHIC CHECKSUM, Book C-2, 5.2. `udolData`: the values that the UDOL (9F69) asks for. */
export function computeCryptographicChecksum(udolData: Uint8Array): Command {
  return { cla: 0x80, ins: 0x2a, p1: 0x8e, p2: 0x80, data: udolData, le: ALL }
}
