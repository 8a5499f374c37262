import { concat, fromHex } from '../../protocols/bytes/bytes.ts'
import { Card } from './card.ts'
import type { CardImage } from './image.ts'

const LAST_ATC = 0xffff

/** One transaction until the card could sign; the AID is that of the first application, which must have no PDOL and SFI 1/1 and 1/2. */
function commandsOf(image: CardImage): Uint8Array[] {
  const aid = fromHex(image.profile.applications[0]?.aid ?? '')
  const select = concat(fromHex('00A40400'), Uint8Array.of(aid.length), aid, Uint8Array.of(0))
  return [select, fromHex('80A8000002830000'), fromHex('00B2010C00'), fromHex('00B2020C00')]
}

/**
 * How many commands a second the applet alone answers: SELECT, GPO and two READ RECORDs in turn, without a reader. Throws when the card
 * refuses one, which would be quicker.
 */
export function measureApplet(image: CardImage, transactions: number): { commandsPerSecond: number } {
  const commands = commandsOf(image)
  let card = new Card(image)
  const start = performance.now()
  for (let done = 0; done < transactions; done++) {
    if (card.atc === LAST_ATC) card = new Card({ ...image, atc: 0 })
    for (const command of commands) if (card.transmit(command).at(-2) !== 0x90) throw refused(command)
  }
  return { commandsPerSecond: (transactions * commands.length * 1000) / (performance.now() - start) }
}

function refused(command: Uint8Array): Error {
  return new Error(
    `expected the card to answer instruction ${command[1]?.toString(16)} with 9000, it refused`,
  )
}
