import { randomBytes } from 'node:crypto'
import { type Command, parseCommand } from '../../protocols/apdu/command.ts'
import { ApduError } from '../../protocols/apdu/error.ts'
import { encodeResponse, type Response } from '../../protocols/apdu/response.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { refuse } from './answer.ts'
import { type Application, buildApplication } from './application.ts'
import type { CardImage } from './image.ts'
import { INSTRUCTIONS, type Instruction } from './instructions.ts'
import { newMemory } from './memory.ts'
import type { CardState, Random } from './state.ts'

const CLASSES = [0x00, 0x80, 0x84, 0x8c]
const BY_INS = new Map(INSTRUCTIONS.map((instruction) => [instruction.ins, instruction]))
const GET_CHALLENGE = 0x84

/** The applet of a simulated card: synchronous, without input or output or clock. */
export class Card {
  readonly atr: Uint8Array
  readonly #state: CardState

  /** `random`: where challenges and dynamic numbers come from; the machine's own source unless a test gives another. */
  constructor(image: CardImage, random: Random = (length) => new Uint8Array(randomBytes(length))) {
    this.atr = fromHex(image.profile.atr)
    const applications = image.profile.applications
      .map((profile) => buildApplication(profile, image))
      .sort((a, b) => a.profile.priority - b.profile.priority)
    this.#state = {
      applications,
      faults: image.faults,
      random,
      directory: image.profile.directory,
      memories: applications.map((application) => newMemory(application, image)),
      blocked: false,
      stage: 'idle',
      selected: null,
      inDirectory: false,
      challenge: null,
      transaction: null,
    }
  }

  /** Application transaction counter of the last transaction; of several applications, the highest. */
  get atc(): number {
    return Math.max(...this.#state.memories.map(({ atc }) => atc))
  }

  /** Everything that the card knows at this moment, for those who watch it: the card goes on without changing what was handed out. */
  snapshot(): Readonly<CardState> {
    return { ...this.#state }
  }

  /** Answers one command APDU with one response APDU, at least the status word. Takes any bytes and never throws. */
  transmit(command: Uint8Array): Uint8Array {
    const { sw, data } = this.#answer(command)
    return encodeResponse(sw, data)
  }

  /** Power off, power on: whatever was selected is forgotten, what applications remember is not. */
  reset(): void {
    const idle = {
      stage: 'idle',
      selected: null,
      inDirectory: false,
      challenge: null,
      transaction: null,
    } as const
    Object.assign(this.#state, idle)
  }

  #answer(bytes: Uint8Array): Response {
    const command = readCommand(bytes)
    if (command === null) return refuse('wrongLength')
    if (!CLASSES.includes(command.cla)) return refuse('classNotSupported')
    const instruction = BY_INS.get(command.ins)
    if (instruction === undefined || !this.#has(instruction)) return refuse('instructionNotSupported')
    if (!this.#takesClass(instruction, command.cla)) return refuse('classNotSupported')
    if (!instruction.stages.includes(this.#state.stage)) return refuse('conditionsNotSatisfied')
    const response = this.#fitted(instruction, command)
    // EMV 4.4 Book 3, 6.5.6: a challenge is good for the next command alone.
    if (command.ins !== GET_CHALLENGE) this.#state.challenge = null
    return response
  }

  /** Before an application is selected, what one of them has. */
  #has({ has }: Instruction): boolean {
    const { selected, applications } = this.#state
    return selected === null ? applications.some(has) : has(selected)
  }

  #takesClass(instruction: Instruction, cla: number): boolean {
    if (instruction.cla !== 'secured') return instruction.cla === cla
    const { selected, applications } = this.#state
    const takes = ({ family }: Application) => family?.script.cla === cla
    return selected === null ? applications.some(takes) : takes(selected)
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
