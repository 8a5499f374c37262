import { getData } from '../../../protocols/apdu/commands.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { fromBcd } from '../../../protocols/emv/numeric.ts'
import { templateless } from './card-value.ts'
import type { Kernel2Context } from './context.ts'

/** Application Capabilities Information (9F5D) byte 2 bit 2, Book C-2, Annex A: the card tells its balance. */
const BALANCE_READING = 0x02
const BALANCE_BYTES = 6

/** Where the balance goes, by when it was read: Book C-2, states 16 and 17. */
const TAGS = { before: 'DF8104', after: 'DF8105' } as const

/** Reads the Offline Accumulator Balance (9F50) when terminal and card both want it; what goes wrong leaves no balance. */
export async function readBalance(context: Kernel2Context, when: keyof typeof TAGS): Promise<void> {
  const { session, data, configuration, note } = context
  const [, capabilities = 0] = data.get('9F5D') ?? []
  if (!configuration.balance[when] || (capabilities & BALANCE_READING) === 0) return
  const answer = await session.send('GET DATA 9F50', getData('9F50'))
  const value = answer.done && answer.value.sw === 0x9000 ? templateless(answer.value.data, '9F50') : null
  if (value?.length !== BALANCE_BYTES || !/^[0-9]+$/.test(toHex(value)))
    return note('Balance', `${when} GENERATE AC: the card tells none`)
  data.set(TAGS[when], value)
  note('Balance', `${when} GENERATE AC: ${fromBcd(value)} minor units`)
}

/** The balance that was read last, minor units. */
export function balanceOf(data: Kernel2Context['data']): bigint | null {
  const value = data.get(TAGS.after) ?? data.get(TAGS.before)
  return value === undefined ? null : fromBcd(value)
}
