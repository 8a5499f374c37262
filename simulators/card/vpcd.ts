import { connect, type Socket } from 'node:net'
import { concat } from '../../protocols/bytes/bytes.ts'

/** What lies in the virtual reader. */
export interface VpcdCard {
  readonly atr: Uint8Array
  /** One response APDU; null when the card leaves the field instead of answering. */
  transmit(command: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>
  reset(): void
}

const CONTROL = { powerOff: 0x00, powerOn: 0x01, reset: 0x02, atr: 0x04 } as const
const RESETS: readonly number[] = [CONTROL.powerOff, CONTROL.powerOn, CONTROL.reset]
const SHORTEST_APDU = 4
const WRONG_LENGTH = Uint8Array.of(0x67, 0x00)
const INSERT_MS = 2_000
const REMOVE_MS = 1_000

/**
 * A card in a virtual reader: the card's side of the protocol of vpcd, a TCP connection to the reader. Messages are two bytes of length
 * and that many of content: a control byte, or an APDU. Nothing but ATR and APDUs is answered, and these exactly once.
 */
export class VpcdConnection {
  readonly #socket: Socket
  readonly #card: VpcdCard
  readonly #closed: Promise<void>
  #received: Uint8Array = new Uint8Array()
  #seen: () => void = () => {}

  private constructor(port: number, card: VpcdCard) {
    this.#card = card
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => resolve()))
    this.#socket.on('data', (bytes) => this.#receive(bytes))
  }

  /** Resolves when the reader has asked for the ATR. Throws when no reader listens, or it has a card already. */
  static async insert(port: number, card: VpcdCard): Promise<VpcdConnection> {
    const connection = new VpcdConnection(port, card)
    try {
      await connection.#noticed(port)
    } catch (error) {
      connection.#socket.destroy()
      throw error
    }
    return connection
  }

  /** False once the card has been taken out or has left by itself. */
  get present(): boolean {
    return !this.#socket.destroyed && !this.#socket.writableEnded
  }

  /** Takes the card out; resolves when the reader has let go of it. Harmless when called twice. */
  async remove(): Promise<void> {
    this.#socket.end()
    const timer = setTimeout(() => this.#socket.destroy(), REMOVE_MS)
    await this.#closed
    clearTimeout(timer)
  }

  #noticed(port: number): Promise<void> {
    const expected = `expected a virtual reader without a card on 127.0.0.1:${port}`
    return new Promise((resolve, reject) => {
      const fail = (came: string) => reject(new Error(`${expected}, ${came}`))
      const timer = setTimeout(() => fail(`it did not power the card within ${INSERT_MS} ms`), INSERT_MS)
      this.#socket.on('error', (error) => fail(`got: ${error.message}`))
      this.#socket.once('close', () => {
        clearTimeout(timer)
        fail('it hung up')
      })
      this.#seen = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #receive(bytes: Uint8Array): void {
    this.#received = concat(this.#received, bytes)
    for (let message = this.#next(); message !== null; message = this.#next()) this.#handle(message)
  }

  #next(): Uint8Array | null {
    const [high, low] = this.#received
    if (high === undefined || low === undefined) return null
    const end = 2 + high * 256 + low
    if (this.#received.length < end) return null
    const message = this.#received.subarray(2, end)
    this.#received = this.#received.subarray(end)
    return message
  }

  #handle(message: Uint8Array): void {
    const control = message.length === 1 ? message[0] : undefined
    if (control !== undefined && RESETS.includes(control)) this.#card.reset()
    else if (control === CONTROL.atr) this.#identify()
    else this.#answer(message)
  }

  #identify(): void {
    this.#seen()
    this.#send(this.#card.atr)
  }

  #answer(command: Uint8Array): void {
    // Shorter ones could be taken for control bytes: the card never sees them.
    const answer = command.length < SHORTEST_APDU ? WRONG_LENGTH : this.#card.transmit(command)
    if (answer instanceof Promise) answer.then((late) => this.#reply(late))
    else this.#reply(answer)
  }

  #reply(answer: Uint8Array | null): void {
    if (answer === null) this.#socket.destroy()
    else this.#send(answer)
  }

  #send(content: Uint8Array): void {
    if (!this.present) return
    this.#socket.write(concat(Uint8Array.of(content.length >> 8, content.length & 0xff), content))
  }
}
