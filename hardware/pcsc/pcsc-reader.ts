import type { CardInterface, ContextInterface, ReaderInterface } from 'smartcard'
import { binding, openContext } from './context.ts'
import { explain } from './errors.ts'
import { type CardConnection, type CardReader, CardRemovedError, ReaderError } from './reader.ts'

// The longest response APDU of ISO/IEC 7816-4: 65,536 bytes and the status word.
const LONGEST_ANSWER = 65_538

export interface PcscReaderOptions {
  /** As PC/SC lists it, or the beginning of it that only one reader has. */
  name: string
  /** Socket of the pcscd that has the reader; without one, the machine's own. */
  socket?: string | undefined
}

/** Names of the readers that a pcscd has. Throws {@link ReaderError} when it is not there. */
export function listReaders(socket?: string): string[] {
  return readers(socket).map(({ name }) => name)
}

/** Names of those with a card in them. Throws as {@link listReaders}. */
export function listReadersWithCard(socket?: string): string[] {
  const { SCARD_STATE_PRESENT } = binding()
  return readers(socket)
    .filter(({ state }) => (state & SCARD_STATE_PRESENT) !== 0)
    .map(({ name }) => name)
}

function readers(socket?: string): ReaderInterface[] {
  const context = openContext(socket)
  try {
    return context.listReaders()
  } finally {
    context.close()
  }
}

/** A PC/SC reader, real or virtual, with a context of its own, opened when first needed: one context serialises its readers. */
export class PcscReader implements CardReader {
  readonly name: string
  readonly #socket: string | undefined
  #context: ContextInterface | undefined

  constructor({ name, socket }: PcscReaderOptions) {
    this.name = name
    this.#socket = socket
  }

  /**
   * Waits for a card by events of pcscd; a wait takes one thread of Node's pool. A card that does not answer to reset counts as none.
   * Throws {@link CardRemovedError} when there was none for `timeoutMs` and {@link ReaderError} when the reader is not there or another
   * program has the card.
   */
  async connect(timeoutMs: number): Promise<CardConnection> {
    this.#context ??= openContext(this.#socket)
    const until = performance.now() + timeoutMs
    for (;;) {
      const reader = this.#look(this.#context)
      const connection = await this.#tryConnect(reader)
      if (connection !== null) return connection
      const left = Math.ceil(until - performance.now())
      if (left <= 0)
        throw new CardRemovedError(`expected a card in "${this.name}" within ${timeoutMs} ms, none came`)
      await this.#wait(this.#context, reader, left)
    }
  }

  /** Lets go of pcscd; the reader can be used again. */
  close(): void {
    this.#context?.close()
    this.#context = undefined
  }

  /** The reader with its present state, which includes pcscd's count of events: no card that comes after is missed. */
  #look(context: ContextInterface): ReaderInterface {
    const readers = this.#list(context)
    const exact = readers.filter(({ name }) => name === this.name)
    const found = exact.length > 0 ? exact : readers.filter(({ name }) => name.startsWith(this.name))
    const [reader] = found
    if (reader !== undefined && found.length === 1) return reader
    const names = readers.map(({ name }) => `"${name}"`).join(', ') || 'none'
    throw new ReaderError(
      `expected one reader "${this.name}", pcscd has: ${names}; plug it in or name another`,
    )
  }

  #list(context: ContextInterface): ReaderInterface[] {
    try {
      return context.listReaders()
    } catch (error) {
      // pcscd ended: the next call may find a new one.
      this.close()
      throw explain(error, 'expected pcscd to list its readers')
    }
  }

  async #tryConnect(reader: ReaderInterface): Promise<CardConnection | null> {
    const { SCARD_STATE_PRESENT, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1 } = binding()
    if ((reader.state & SCARD_STATE_PRESENT) === 0) return null
    try {
      const card = await reader.connect(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
      return new PcscConnection(card, this.name)
    } catch (error) {
      const explained = explain(error, `expected the card in "${this.name}" to be free`)
      if (explained instanceof CardRemovedError) return null
      throw explained
    }
  }

  async #wait(context: ContextInterface, reader: ReaderInterface, milliseconds: number): Promise<void> {
    try {
      await context.waitForChange([reader], milliseconds)
    } catch (error) {
      this.close()
      throw explain(error, `expected pcscd to tell of cards in "${this.name}"`)
    }
  }
}

class PcscConnection implements CardConnection {
  readonly atr: Uint8Array
  readonly #card: CardInterface
  readonly #reader: string

  constructor(card: CardInterface, reader: string) {
    this.#card = card
    this.#reader = reader
    this.atr = new Uint8Array(card.atr ?? [])
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const expected = `expected an answer of the card in "${this.#reader}"`
    if (!this.#card.connected) throw new ReaderError(`${expected}, but it was disconnected: connect again`)
    const answer = await this.#exchange(command, expected)
    // Stock vpcd and some readers call it success when the card left.
    if (answer.length === 0) throw new CardRemovedError(`${expected}, the card was gone (PC/SC: 0 bytes)`)
    return answer
  }

  async disconnect(): Promise<void> {
    const {
      SCARD_SHARE_EXCLUSIVE,
      SCARD_PROTOCOL_T0,
      SCARD_PROTOCOL_T1,
      SCARD_RESET_CARD,
      SCARD_LEAVE_CARD,
    } = binding()
    const card = this.#card
    if (!card.connected) return
    try {
      // The field ends with the transaction. Not by the disposition of disconnect, which would hold up this thread until the card answers.
      await card.reconnect(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_RESET_CARD)
    } catch {
      // The card is gone: so is its state.
    }
    try {
      card.disconnect(SCARD_LEAVE_CARD)
    } catch {
      // Nothing is left to let go of.
    }
  }

  async #exchange(command: Uint8Array, expected: string): Promise<Uint8Array> {
    try {
      const bytes = Buffer.from(command.buffer, command.byteOffset, command.byteLength)
      return new Uint8Array(await this.#card.transmit(bytes, { maxRecvLength: LONGEST_ANSWER }))
    } catch (error) {
      throw explain(error, expected)
    }
  }
}
