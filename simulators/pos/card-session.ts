import { type CardConnection, type CardReader, CardRemovedError } from '../../hardware/pcsc/reader.ts'
import { type Command, encodeCommand } from '../../protocols/apdu/command.ts'
import { getResponse } from '../../protocols/apdu/commands.ts'
import { parseResponse, type Response } from '../../protocols/apdu/response.ts'
import { concat } from '../../protocols/bytes/bytes.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { redactApdu } from '../../protocols/emv/redact.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { CardDataError, done, end, reading, type Step } from './step.ts'

/** One command and its answer, redacted hexadecimal; `response` is null when none came. */
export interface ApduRecord {
  command: string
  response: string | null
  us: number
}

export interface CardSessionOptions {
  clock: Clock
  journal: Journal
  /** How long to wait for a card, ms. */
  waitMs: number
  /** How long a card may take for one command, ms. */
  apduMs: number
}

// Book 1, 9.3.1: the most that the short form of Le can ask for.
const LONGEST_DATA = 256
// A card that keeps announcing more and sends nothing would otherwise never end.
const LONGEST_CHAIN = 8

/** A card from its insertion to its release. What it does wrong is an outcome; a reader that breaks is an error. */
export class CardSession {
  readonly apdus: ApduRecord[] = []
  readonly #reader: CardReader
  readonly #connection: CardConnection
  readonly #options: CardSessionOptions

  private constructor(reader: CardReader, connection: CardConnection, options: CardSessionOptions) {
    this.#reader = reader
    this.#connection = connection
    this.#options = options
  }

  /** Waits for a card. Throws `ReaderError`. */
  static async open(reader: CardReader, options: CardSessionOptions): Promise<Step<CardSession>> {
    try {
      return done(new CardSession(reader, await reader.connect(options.waitMs), options))
    } catch (error) {
      if (error instanceof CardRemovedError)
        return end('card_removed', `none came within ${options.waitMs} ms`)
      throw error
    }
  }

  /** Answer to reset. */
  get atr(): Uint8Array {
    return this.#connection.atr
  }

  /** Microseconds that the card and its reader have taken. */
  get us(): number {
    return this.apdus.reduce((sum, { us }) => sum + us, 0)
  }

  /**
   * Sends a command and returns its whole answer: asks on after 61xx, asks again with the right length after 6Cxx (EMV 4.4 Book 1, 9.3.1).
   * `name` stands in outcomes. Throws `ReaderError`.
   */
  async send(name: string, command: Command): Promise<Step<Response>> {
    let answer = await this.#exchange(name, command)
    if (answer.done && answer.value.sw >> 8 === 0x6c)
      answer = await this.#exchange(name, { ...command, le: answer.value.sw & 0xff || LONGEST_DATA })
    return answer.done && answer.value.sw >> 8 === 0x61 ? this.#fetchRest(name, answer.value) : answer
  }

  /** Lets go of the card; never throws and never waits longer than for a command. */
  async close(): Promise<void> {
    await this.#bounded(this.#connection.disconnect()).catch(() => undefined)
  }

  async #fetchRest(name: string, first: Response): Promise<Step<Response>> {
    let { data, sw } = first
    for (let round = 0; sw >> 8 === 0x61; round++) {
      if (round === LONGEST_CHAIN) return end('card_malformed', `${name}: more than ${round} answers of 61xx`)
      const next = await this.#exchange(`${name}, GET RESPONSE`, getResponse(sw & 0xff))
      if (!next.done) return next
      data = concat(data, next.value.data)
      sw = next.value.sw
    }
    return reading(name, () => ofAllowedLength({ data, sw }))
  }

  async #exchange(name: string, command: Command): Promise<Step<Response>> {
    const bytes = encodeCommand(command)
    const started = performance.now()
    try {
      const answer = await this.#bounded(this.#connection.transmit(bytes))
      this.#record(bytes, answer, started)
      if (answer === null)
        return end('card_removed', `no answer to ${name} within ${this.#options.apduMs} ms`)
      return reading(name, () => ofAllowedLength(parseResponse(answer)))
    } catch (error) {
      this.#record(bytes, null, started, error)
      if (error instanceof CardRemovedError) return end('card_removed', `before it answered ${name}`)
      throw error
    }
  }

  /** Null when time ran out; what comes later is dropped. */
  #bounded<Result>(work: Promise<Result>): Promise<Result | null> {
    const { clock, apduMs } = this.#options
    return new Promise((resolve, reject) => {
      const timer = clock.after(apduMs, () => resolve(null))
      work.then(resolve, reject).finally(() => timer.cancel())
    })
  }

  #record(command: Uint8Array, response: Uint8Array | null, started: number, error?: unknown): void {
    const us = Math.round((performance.now() - started) * 1000)
    const apdu = { command: redactApdu(command), response: response && redactApdu(response), us }
    this.apdus.push(apdu)
    this.#options.journal.record({
      kind: 'apdu',
      reader: this.#reader.name,
      ...apdu,
      ...(response === null ? { error: error instanceof Error ? error.message : 'no answer in time' } : {}),
    })
  }
}

function ofAllowedLength(response: Response): Response {
  if (response.data.length > LONGEST_DATA)
    throw new CardDataError(`expected at most ${LONGEST_DATA} bytes of data, got ${response.data.length}`)
  return response
}
