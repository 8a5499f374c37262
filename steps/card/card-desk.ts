import { type CardConnection, CardRemovedError } from '../../hardware/pcsc/reader.ts'
import { parseCommand } from '../../protocols/apdu/command.ts'
import { ApduError } from '../../protocols/apdu/error.ts'
import { parseResponse, type Response } from '../../protocols/apdu/response.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { redactApdu } from '../../protocols/emv/redact.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { buildDol, parseDol } from '../../protocols/tlv/dol.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import type { ApplicationProfile } from '../../simulators/card/profile.ts'
import type { Recording } from '../../simulators/card/recording/recording.ts'
import type { CardSlot } from '../bench/card-slot.ts'
import { type Hearing, hear, newHearing } from './hearing.ts'
import { PURCHASE } from './told.ts'

// A virtual reader tells of a card within its poll period of 400 ms; a busy machine takes longer.
const CARD_WAIT_MS = 30_000

/** A command and its answer; null when the card left, or gave less than a status word. */
export interface Answered {
  command: Uint8Array
  response: Response | null
  milliseconds: number
}

/** What of the bench the desk needs. */
export interface Place {
  slot: Pick<CardSlot, 'reader' | 'insert'>
  journal: Journal
}

/** A terminal without a mind: a scenario's hands on one card, command by command, through the bench's reader. */
export class CardDesk {
  /** What the terminal says of the transaction, by tag, hexadecimal; a scenario may change it. */
  readonly told = new Map(Object.entries(PURCHASE))
  hearing: Hearing = newHearing()
  readonly #place: () => Place
  #card: CardImage | Recording | null = null
  #connection: CardConnection | null = null
  readonly #answered: Answered[] = []

  constructor(place: () => Place) {
    this.#place = place
  }

  /** The card as it was made; what a terminal may know of it is in `hearing`. */
  get image(): CardImage {
    return need(
      this.#card !== null && 'profile' in this.#card ? this.#card : null,
      'put a card into the reader',
    )
  }

  /** The recording of a card. */
  get recording(): Recording {
    return need(
      this.#card !== null && 'exchanges' in this.#card ? this.#card : null,
      'put a recording into the reader',
    )
  }

  /** The application that was selected last, or the card's first one. */
  get application(): ApplicationProfile {
    const { applications } = this.image.profile
    const name = this.hearing.values.get('84')
    const selected = applications.find(
      ({ aid }) => name !== undefined && fromHex(aid).every((b, i) => b === name[i]),
    )
    return need(selected ?? applications[0] ?? null, 'use a card with an application')
  }

  get answered(): Answered {
    return this.answeredBefore(0)
  }

  /** The last command but so many. */
  answeredBefore(count: number): Answered {
    return need(this.#answered.at(-1 - count) ?? null, 'send the card a command')
  }

  /** The last answer. Throws when there is none: the card left, or said less than a status word. */
  get response(): Response {
    const { response } = this.answered
    if (response === null) throw new Error('expected an answer of the card, it left without one')
    return response
  }

  /** The last command of this instruction that went well, and its answer. Throws when there is none. */
  lastGood(ins: number): { command: Uint8Array; data: Uint8Array } {
    const found = this.#answered.findLast(
      ({ command, response }) => command[1] === ins && response?.sw === 0x9000,
    )
    const { command, response } = need(
      found ?? null,
      `send the card a command ${ins.toString(16)} that goes well`,
    )
    return { command, data: response?.data ?? new Uint8Array() }
  }

  /** Every answer so far, the first one first. */
  get answers(): readonly Response[] {
    return this.#answered.flatMap(({ response }) => (response === null ? [] : [response]))
  }

  /** Puts a card, or the recording of one, into the reader, after taking out the one that is there, and powers it. */
  async present(card: CardImage | Recording): Promise<void> {
    await this.leave()
    await this.#place().slot.insert(card)
    this.#card = card
    await this.#connect()
  }

  /** The field goes off and on again. */
  async reset(): Promise<void> {
    await this.leave()
    await this.#connect()
  }

  /** Lets go of the card; harmless without one. */
  async leave(): Promise<void> {
    await this.#connection?.disconnect()
    this.#connection = null
  }

  /** Sends a command as it is; what came is in `answered`, and in `hearing` as far as it teaches something. Throws `ReaderError`. */
  async send(command: Uint8Array): Promise<Answered> {
    const connection = need(this.#connection, 'put a card into the reader')
    const started = performance.now()
    const raw = await this.#exchange(connection, command)
    const milliseconds = performance.now() - started
    this.#record(command, raw, milliseconds)
    const response = raw === null || raw.length < 2 ? null : parseResponse(raw)
    const answered = { command, response, milliseconds }
    this.#answered.push(answered)
    if (response !== null) this.#hear(command, response)
    return answered
  }

  /** The data that a list of the card asks for: `8C`, `8D`, `9F38`, `9F49` or `9F51`; as the card told it, or else as it was made. */
  fill(list: string): Uint8Array {
    const { values } = this.hearing
    const { data, pdol } = this.application
    const dol = values.get(list) ?? fromHex((list === '9F38' ? pdol : data[list]) ?? '')
    return buildDol(parseDol(dol), (tag) => {
      const told = this.told.get(tag)
      return told === undefined ? values.get(tag) : fromHex(told)
    })
  }

  async #connect(): Promise<void> {
    this.hearing = newHearing()
    this.#connection = await this.#place().slot.reader.connect(CARD_WAIT_MS)
  }

  async #exchange(connection: CardConnection, command: Uint8Array): Promise<Uint8Array | null> {
    try {
      return await connection.transmit(command)
    } catch (error) {
      if (error instanceof CardRemovedError) return null
      throw error
    }
  }

  #hear(command: Uint8Array, response: Response): void {
    try {
      this.hearing = hear(this.hearing, parseCommand(command), response)
    } catch (error) {
      // A scenario may send what is no command.
      if (!(error instanceof ApduError)) throw error
    }
  }

  #record(command: Uint8Array, response: Uint8Array | null, milliseconds: number): void {
    const { journal, slot } = this.#place()
    journal.record({
      kind: 'apdu',
      reader: slot.reader.name,
      command: redactApdu(command),
      response: response && redactApdu(response),
      us: Math.round(milliseconds * 1000),
      ...(response === null ? { error: 'the card left instead of answering' } : {}),
    })
  }
}

function need<Thing>(thing: Thing | null, what: string): Thing {
  if (thing === null) throw new Error(`expected a step before this one to ${what}`)
  return thing
}
