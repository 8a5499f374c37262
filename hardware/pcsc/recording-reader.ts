import type { CardConnection, CardReader } from './reader.ts'

/** A command and its answer as they passed the reader, nothing hidden; `response` is null when the card left instead of answering. */
export interface Exchange {
  command: Uint8Array
  response: Uint8Array | null
}

/** What a card did in a reader. It holds whatever the card said: not for a file or a log before it was cleaned. */
export interface RawSession {
  /** Answer to reset; null while no card has come. */
  atr: Uint8Array | null
  exchanges: Exchange[]
}

/** A reader that keeps all that passes another one. */
export class RecordingReader implements CardReader {
  readonly name: string
  readonly session: RawSession = { atr: null, exchanges: [] }
  readonly #reader: CardReader

  constructor(reader: CardReader) {
    this.name = reader.name
    this.#reader = reader
  }

  async connect(timeoutMs: number): Promise<CardConnection> {
    const connection = await this.#reader.connect(timeoutMs)
    this.session.atr = connection.atr
    return {
      atr: connection.atr,
      transmit: (command) => this.#exchange(connection, command),
      disconnect: () => connection.disconnect(),
    }
  }

  async #exchange(connection: CardConnection, command: Uint8Array): Promise<Uint8Array> {
    const exchange: Exchange = { command: Uint8Array.from(command), response: null }
    this.session.exchanges.push(exchange)
    const response = await connection.transmit(command)
    exchange.response = response
    return response
  }
}
