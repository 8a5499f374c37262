/**
 * Hosts simulated cards in virtual readers: requests are lines of JSON on standard input, answers on standard output (see
 * `host-messages.ts`). Ends, and takes all cards out, when standard input ends.
 */
import { createInterface } from 'node:readline'
import type { HostReply } from './host-messages.ts'
import { Slots } from './slots.ts'

const slots = new Slots()
const lines = createInterface({ input: process.stdin })
lines.on('line', async (line) => reply(await slots.handle(line)))
lines.once('close', () => slots.clear())
// The parent may have died.
process.stdout.on('error', () => lines.close())
// Ctrl-C goes to the whole group: the parent decides when the cards leave.
process.on('SIGINT', () => {})
reply({ ready: true })

function reply(message: HostReply): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
