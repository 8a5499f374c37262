import { fromHex, toHex } from '../../../../protocols/bytes/bytes.ts'

export interface Exchange {
  command: string
  response: string
}

/** What commands of a transcript and of a terminal agree in, by INS: names and records must be the same, data may be others. */
const COMPARED: Readonly<Record<string, (command: string) => string>> = {
  A4: nameOf,
  AE: (command) => command.slice(0, 4),
}

/** A card of a transcript: it answers a command as it did then, in the order of then; anything else it does not know. */
export class TranscriptCard {
  /** Every command that came, hexadecimal. */
  readonly commands: string[] = []
  readonly #left: Exchange[]

  constructor(exchanges: readonly Exchange[]) {
    this.#left = withoutTransport(exchanges)
  }

  /** How many exchanges have not been asked for. */
  get left(): number {
    return this.#left.length
  }

  transmit(command: Uint8Array): Uint8Array {
    const hex = toHex(command)
    this.commands.push(hex)
    const index = this.#left.findIndex((exchange) => keyOf(exchange.command) === keyOf(hex))
    const [found] = index < 0 ? [] : this.#left.splice(index, 1)
    return fromHex(found?.response ?? (hex.startsWith('00A4') ? '6A82' : '6D00'))
  }
}

/** GET RESPONSE after a warning is how a T=0 reader fetches the data: a reader that does so by itself shows one answer. */
function withoutTransport(exchanges: readonly Exchange[]): Exchange[] {
  return exchanges.filter(({ command }) => !command.startsWith('00C0'))
}

function keyOf(command: string): string {
  const compare = COMPARED[command.slice(2, 4)] ?? ((whole: string) => whole.slice(0, 8))
  return compare(command)
}

function nameOf(command: string): string {
  const length = Number.parseInt(command.slice(8, 10), 16)
  return command.slice(0, 10 + length * 2)
}
