import { concat, fromHex } from '../../protocols/bytes/bytes.ts'
import { Card } from './card.ts'
import type { CardImage } from './image.ts'

/** One transaction until the card could sign; the AID is that of the first application. */
function commandsOf(image: CardImage): Uint8Array[] {
  const aid = fromHex(image.profile.applications[0]?.aid ?? '')
  const select = concat(fromHex('00A40400'), Uint8Array.of(aid.length), aid, Uint8Array.of(0))
  return [select, fromHex('80A8000002830000'), fromHex('00B2010C00'), fromHex('00B2020C00')]
}

/** How many commands a second the applet alone answers: SELECT, GPO and two READ RECORDs in turn, without a reader. */
export function measureApplet(image: CardImage, transactions: number): { commandsPerSecond: number } {
  const commands = commandsOf(image)
  let card = new Card(image)
  const start = performance.now()
  for (let done = 0; done < transactions; done++) {
    // The counter of a card ends at 65,535.
    if (card.atc === 0xffff) card = new Card(image)
    for (const command of commands) card.transmit(command)
  }
  return { commandsPerSecond: (transactions * commands.length * 1000) / (performance.now() - start) }
}
