import { type Command, parseCommand } from '../../../protocols/apdu/command.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { commandTitle } from '../../../protocols/emv/describe.ts'
import { findTag, parseTlv } from '../../../protocols/tlv/tlv.ts'
import type { Recording } from './recording.ts'

interface Keys {
  /** The whole command. */
  exact: string
  /** Without Le: readers and protocols differ in it. */
  core: string
  selects: boolean
}

interface Answer extends Keys {
  what: string
  response: Uint8Array | null
  asked: boolean
}

const SELECT = 0xa4
const FILE_NOT_FOUND = Uint8Array.of(0x6a, 0x82)
const INSTRUCTION_NOT_SUPPORTED = Uint8Array.of(0x6d, 0x00)
const ATC_BYTES = 2

/**
 * A card that answers as another did: the same command gets the same answer. What was said after a SELECT answers only after the same
 * SELECT; a command that was sent several times gets its answers in their order, and then again from the first. A command that was never
 * sent gets 6D00 (6A82 for a SELECT, as terminals try their own lists), and a note.
 */
export class ReplayCard {
  readonly atr: Uint8Array
  /** Commands that the recording does not have, in words, as redacted as a journal. */
  readonly notes: string[] = []
  readonly #answers: readonly Answer[]
  #atc = 0
  #next = 0
  /** Index of the SELECT that was answered last; -1 before the first. */
  #selected = -1

  constructor({ atr, exchanges }: Recording) {
    this.atr = fromHex(atr)
    this.#answers = exchanges.map(({ what, command, response }) => ({
      ...keysOf(fromHex(command)),
      what,
      response: response === null ? null : fromHex(response),
      asked: false,
    }))
  }

  /** Commands of the recording that nobody has sent so far, in words. */
  get unasked(): string[] {
    return this.#answers.filter(({ asked }) => !asked).map(({ what }) => what)
  }

  /** Application transaction counter that was last told; 0 before. */
  get atc(): number {
    return this.#atc
  }

  /** One response APDU; null when the card left the field at this command. Takes any bytes and never throws. */
  transmit(command: Uint8Array): Uint8Array | null {
    const keys = keysOf(command)
    const index = this.#find(keys)
    const answer = this.#answers[index]
    if (answer === undefined) return this.#refuse(command, keys.selects)
    answer.asked = true
    this.#next = index + 1
    if (answer.selects) this.#selected = index
    this.#atc = atcIn(answer.response) ?? this.#atc
    return answer.response
  }

  /** Power off, power on: from the start again. */
  reset(): void {
    this.#next = 0
    this.#selected = -1
  }

  #find(keys: Keys): number {
    const places = keys.selects
      ? this.#places(0, this.#answers.length)
      : this.#places(this.#selected + 1, this.#end())
    const found = (['exact', 'core'] as const).map((way) =>
      places.find((index) => this.#answers[index]?.[way] === keys[way]),
    )
    return found[0] ?? found[1] ?? -1
  }

  /** From the next one on, then from the first. */
  #places(start: number, end: number): number[] {
    const all = Array.from({ length: end - start }, (_, index) => start + index)
    return [...all.filter((index) => index >= this.#next), ...all.filter((index) => index < this.#next)]
  }

  #end(): number {
    const end = this.#answers.findIndex(({ selects }, index) => selects && index > this.#selected)
    return end < 0 ? this.#answers.length : end
  }

  #refuse(command: Uint8Array, selects: boolean): Uint8Array {
    this.notes.push(`not in the recording: ${commandTitle(command)}`)
    return selects ? FILE_NOT_FOUND : INSTRUCTION_NOT_SUPPORTED
  }
}

function keysOf(bytes: Uint8Array): Keys {
  const exact = toHex(bytes)
  const command = readCommand(bytes)
  if (command === null) return { exact, core: exact, selects: false }
  const { cla, ins, p1, p2, data = new Uint8Array() } = command
  return { exact, core: `${toHex(Uint8Array.of(cla, ins, p1, p2))}${toHex(data)}`, selects: ins === SELECT }
}

function readCommand(bytes: Uint8Array): Command | null {
  try {
    return parseCommand(bytes)
  } catch {
    return null
  }
}

function atcIn(response: Uint8Array | null): number | undefined {
  try {
    const value = findTag(parseTlv(response?.subarray(0, -2) ?? new Uint8Array()), '9F36')?.value
    return value?.length === ATC_BYTES ? Buffer.from(value).readUInt16BE() : undefined
  } catch {
    return undefined
  }
}
