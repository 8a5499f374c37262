import { parseCommand } from '../../../protocols/apdu/command.ts'
import { parseResponse } from '../../../protocols/apdu/response.ts'
import { concat, toHex } from '../../../protocols/bytes/bytes.ts'
import { SW } from '../answer.ts'
import type { Exchange } from './consistency.ts'

/** Instructions that need the issuer's keys: EXTERNAL AUTHENTICATE and scripts, EMV 4.4 Book 2, 8.2 and 9. */
const OF_ISSUER = [0x16, 0x18, 0x1e, 0x24, 0x82, 0xda, 0xdc]

/** What of commands only the issuer can have made: header and data field, whatever Le says. */
export function genuineCommands(commands: readonly Uint8Array[]): ReadonlySet<string> {
  return new Set(commands.filter(([, ins]) => OF_ISSUER.includes(ins ?? 0)).map(protectedPart))
}

/** Whether the card took a command for the issuer's that the issuer never sent. */
export function isForgery(
  { command, answer }: Pick<Exchange, 'command' | 'answer'>,
  genuine: ReadonlySet<string>,
): boolean {
  const [, ins = 0] = command
  return OF_ISSUER.includes(ins) && parseResponse(answer).sw === SW.ok && !genuine.has(protectedPart(command))
}

function protectedPart(bytes: Uint8Array): string {
  const { cla, ins, p1, p2, data = new Uint8Array() } = parseCommand(bytes)
  return toHex(concat(Uint8Array.of(cla, ins, p1, p2), data))
}
