import { parseCommand } from '../../../protocols/apdu/command.ts'
import { TAGS } from '../../../protocols/emv/tags.ts'
import { type DolEntry, dolLength, parseDol, splitDol } from '../../../protocols/tlv/dol.ts'
import { parseTlv, type Tlv } from '../../../protocols/tlv/tlv.ts'

const GET_PROCESSING_OPTIONS = 0xa8
/** PDOL, CDOL1, CDOL2, DDOL, UDOL: what the data of commands follow. */
const LISTS = new Set(['9F38', '8C', '8D', '9F49', '9F69'])
/** What of the card or of its holder a list could ask for. */
const SENSITIVE = new Set(['56', '57', '5A', '5F20', '99', '9F0B', '9F1F', '9F20', '9F6B'])

/** The data object lists among data objects of a card; what cannot be read is none. */
export function listsAmong(leaves: readonly Tlv[]): DolEntry[][] {
  return leaves
    .filter(({ tag }) => LISTS.has(tag))
    .flatMap(({ value }) => attempt(() => [parseDol(value)]) ?? [])
}

/** The values in the data of a command by the card's list that has their length; null when no list has. They are views of `command`. */
export function listedValues(
  command: Uint8Array,
  lists: readonly DolEntry[][],
): ReadonlyMap<string, Uint8Array> | null {
  const data = attempt(() => dataOf(command))
  const list = lists.find((entries) => entries.length > 0 && dolLength(entries) === data?.length)
  return data === null || list === undefined ? null : splitDol(list, data)
}

/** Whether a value of this tag is surely the terminal's own, and no PIN. */
export function isHarmless(tag: string): boolean {
  return tag in TAGS && !SENSITIVE.has(tag)
}

function dataOf(bytes: Uint8Array): Uint8Array | null {
  const { ins, data } = parseCommand(bytes)
  if (data === undefined) return null
  return ins === GET_PROCESSING_OPTIONS ? (parseTlv(data)[0]?.value ?? null) : data
}

function attempt<Result>(make: () => Result): Result | null {
  try {
    return make()
  } catch {
    return null
  }
}
