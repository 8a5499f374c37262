import { type Command, parseCommand } from '../../protocols/apdu/command.ts'
import { ApduError } from '../../protocols/apdu/error.ts'
import { encodeResponse, type Response } from '../../protocols/apdu/response.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { refuse } from './answer.ts'
import { buildApplication } from './application.ts'
import { generateAc } from './commands/generate-ac.ts'
import { getData } from './commands/get-data.ts'
import { getProcessingOptions } from './commands/get-processing-options.ts'
import { readRecord } from './commands/read-record.ts'
import { select } from './commands/select.ts'
import type { CardImage } from './image.ts'
import type { CardState } from './state.ts'

interface Instruction {
  /** The only class byte that it takes: 00 of ISO/IEC 7816-4, 80 of EMV (EMV 4.4 Book 3, 6.3.2). */
  cla: number
  run(card: CardState, command: Command): Response
}

const INSTRUCTIONS: Record<number, Instruction> = {
  164: { cla: 0x00, run: select },
  168: { cla: 0x80, run: getProcessingOptions },
  174: { cla: 0x80, run: generateAc },
  178: { cla: 0x00, run: readRecord },
  202: { cla: 0x80, run: getData },
}

/** The applet of a simulated card: synchronous, without input or output, clock or randomness of its own. */
export class Card {
  readonly atr: Uint8Array
  readonly #state: CardState

  constructor(image: CardImage) {
    this.atr = fromHex(image.profile.atr)
    this.#state = {
      applications: image.profile.applications
        .map((profile) => buildApplication(profile, image))
        .sort((a, b) => a.priority - b.priority),
      faults: image.faults,
      atc: image.atc,
      stage: 'idle',
      selected: null,
    }
  }

  /** Application transaction counter of the last transaction. */
  get atc(): number {
    return this.#state.atc
  }

  /** Answers one command APDU with one response APDU, at least the status word. Takes any bytes and never throws. */
  transmit(command: Uint8Array): Uint8Array {
    const { sw, data } = this.#answer(command)
    return encodeResponse(sw, data)
  }

  /** Power off, power on: whatever was selected is forgotten, the ATC is not. */
  reset(): void {
    this.#state.stage = 'idle'
    this.#state.selected = null
  }

  #answer(bytes: Uint8Array): Response {
    const command = readCommand(bytes)
    if (command === null) return refuse('wrongLength')
    if (command.cla !== 0x00 && command.cla !== 0x80) return refuse('classNotSupported')
    const instruction = INSTRUCTIONS[command.ins]
    if (instruction === undefined) return refuse('instructionNotSupported')
    if (instruction.cla !== command.cla) return refuse('classNotSupported')
    return this.#fitted(instruction, command)
  }

  /**
   * A Le too small gets the right one, and the command has not happened (ISO/IEC 7816-4, 5.3.3). EMV's terminals send 00, so an absent
   * one is taken for that.
   */
  #fitted(instruction: Instruction, command: Command): Response {
    const before = { ...this.#state }
    const response = instruction.run(this.#state, command)
    const { length } = response.data
    if (length <= (command.le ?? 256)) return response
    Object.assign(this.#state, before)
    return { data: new Uint8Array(), sw: 0x6c00 + (length & 0xff) }
  }
}

function readCommand(bytes: Uint8Array): Command | null {
  try {
    return parseCommand(bytes)
  } catch (error) {
    if (error instanceof ApduError) return null
    throw error
  }
}
