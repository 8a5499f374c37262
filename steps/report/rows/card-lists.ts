import { fromHex } from '../../../protocols/bytes/bytes.ts'
import type { Line } from '../../../protocols/emv/describe.ts'
import { type DolEntry, DolError, parseDol } from '../../../protocols/tlv/dol.ts'

const SELECT = 'A4'

/** Which list the data of a command follows, by its INS: PDOL (EMV 4.4 Book 3, 6.5.8), CDOL1 or CDOL2 (6.5.5). */
const LISTS: Readonly<Record<string, readonly string[]>> = { A8: ['9F38'], AE: ['8C', '8D'] }

/** The data object lists that the card gave so far; without them the data of a command has no names. */
export class CardLists {
  readonly #given = new Map<string, readonly DolEntry[]>()
  readonly #used = new Set<string>()

  /** The list that the data of this command follows, if the card gave one; a second GENERATE AC follows the second list. */
  next(command: string): readonly DolEntry[] | undefined {
    const ins = command.slice(2, 4)
    if (ins === SELECT) this.#forget()
    const tag = LISTS[ins]?.find((candidate) => !this.#used.has(candidate))
    if (tag === undefined) return undefined
    this.#used.add(tag)
    return this.#given.get(tag)
  }

  /** Takes the lists out of a decoded response. */
  learn(response: readonly Line[]): void {
    for (const { name, hex } of response) {
      const [tag = ''] = name.split(' ', 1)
      const list = hex !== '' && Object.values(LISTS).flat().includes(tag) ? tryParse(hex) : null
      if (list !== null) this.#given.set(tag, list)
    }
  }

  #forget(): void {
    this.#given.clear()
    this.#used.clear()
  }
}

// A list that cannot be read names nothing; the response that holds it is shown all the same.
function tryParse(hex: string): DolEntry[] | null {
  try {
    return parseDol(fromHex(hex))
  } catch (error) {
    if (error instanceof DolError || error instanceof TypeError) return null
    throw error
  }
}
