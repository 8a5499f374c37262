import { parseAfl } from '../../protocols/emv/afl.ts'
import type { CardDesk } from './card-desk.ts'
import { commandOf } from './command-text.ts'

const SELECTED = ['SELECT the application']
const BEGUN = [...SELECTED, 'GET PROCESSING OPTIONS']
const ONLINE = [...BEGUN, 'GENERATE AC for an ARQC']

/** Where a transaction can stand, and the commands that bring it there. */
const STAGES: Readonly<Record<string, readonly string[]>> = {
  'before SELECT': [],
  'after SELECT': SELECTED,
  'after GET PROCESSING OPTIONS': BEGUN,
  'after the first GENERATE AC': ONLINE,
  'after the second GENERATE AC': [...ONLINE, 'second GENERATE AC for a TC'],
}

/** Normal processing, and the selection of a blocked application. */
const GOOD = [0x9000, 0x6283]

/** Brings the card to a stage. Throws when it refuses on the way, or there is no such stage. */
export async function bringTo(desk: CardDesk, stage: string): Promise<void> {
  const commands = STAGES[stage]
  if (commands === undefined)
    throw new Error(`expected one of ${Object.keys(STAGES).join(', ')}, got "${stage}"`)
  for (const command of commands) await sendWell(desk, command)
}

/** SELECT, GET PROCESSING OPTIONS and every record of the AFL. */
export async function readCard(desk: CardDesk): Promise<void> {
  await bringTo(desk, 'after GET PROCESSING OPTIONS')
  await readRecords(desk)
}

/** Every record of the AFL. */
export async function readRecords(desk: CardDesk): Promise<void> {
  const locator = desk.hearing.values.get('94') ?? new Uint8Array()
  for (const { sfi, first, last } of parseAfl(locator)) {
    for (let record = first; record <= last; record++)
      await sendWell(desk, `READ RECORD ${record} of SFI ${sfi}`)
  }
}

/** Sends a command that must go well. */
export async function sendWell(desk: CardDesk, text: string): Promise<void> {
  const { response } = await desk.send(await commandOf(desk, text))
  if (response === null || !GOOD.includes(response.sw))
    throw new Error(
      `expected the card to take ${text}, got ${response?.sw.toString(16).toUpperCase() ?? 'no answer'}`,
    )
}
