import { systemClock } from '../../protocols/clock/system-clock.ts'
import {
  type HostReply,
  type HostRequest,
  type Insert,
  type InsertedCardState,
  requestSchema,
} from './host-messages.ts'
import { ReplayCard } from './recording/replay-card.ts'
import { cardOf } from './slow-card.ts'
import { VpcdConnection } from './vpcd.ts'

interface Slot {
  card: ReturnType<typeof cardOf> | ReplayCard
  /** Of its reader. */
  port: number
  connection: VpcdConnection
}

/** The cards of one host, by number. */
export class Slots {
  readonly #slots = new Map<number, Slot>()
  #last = 0

  /** Does what one line asks. Never rejects: what fails is an answer, and names no value of the line. */
  async handle(line: string): Promise<HostReply> {
    let id: number | null = null
    try {
      const request = parse(line)
      id = request.id
      return await this.#run(request)
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Takes all cards out. */
  async clear(): Promise<void> {
    await Promise.all([...this.#slots.keys()].map((number) => this.#remove(number)))
  }

  async #run(request: HostRequest): Promise<HostReply> {
    const { id } = request
    if ('insert' in request) return { id, inserted: await this.#insert(request.insert) }
    if ('putBack' in request) return { id, inserted: await this.#putBack(request.putBack) }
    if ('remove' in request) return { id, state: await this.#remove(request.remove) }
    return { id, state: stateOf(this.#slot(request.state)) }
  }

  async #insert(insert: Insert): Promise<number> {
    const card = 'image' in insert ? cardOf(insert.image, systemClock) : new ReplayCard(insert.recording)
    const { port } = insert
    const connection = await VpcdConnection.insert(port, card)
    this.#forgetOthers(port)
    this.#slots.set(++this.#last, { card, port, connection })
    return this.#last
  }

  /** A card that is out can be put back until another one takes its place. */
  #forgetOthers(port: number): void {
    for (const [number, slot] of this.#slots) if (slot.port === port) this.#slots.delete(number)
  }

  async #putBack(number: number): Promise<number> {
    const slot = this.#slot(number)
    if (slot.connection.present)
      throw new Error(`expected card ${number} to be out of its reader, it is in it: remove it first`)
    slot.connection = await VpcdConnection.insert(slot.port, slot.card)
    return number
  }

  async #remove(number: number): Promise<InsertedCardState> {
    const slot = this.#slot(number)
    await slot.connection.remove()
    return stateOf(slot)
  }

  #slot(number: number): Slot {
    const slot = this.#slots.get(number)
    if (slot === undefined) throw new Error(`expected card ${number} to be inserted, it is not`)
    return slot
  }
}

function stateOf({ card, connection }: Slot): InsertedCardState {
  const notes = card instanceof ReplayCard ? card.notes : []
  return { atc: card.atc, present: connection.present, notes }
}

function parse(line: string): HostRequest {
  let document: unknown
  try {
    document = JSON.parse(line)
  } catch {
    throw new Error('expected a line of JSON')
  }
  const checked = requestSchema.safeParse(document)
  if (checked.success) return checked.data
  throw new Error(
    'expected { id, insert: { port, image or recording } }, { id, putBack: card }, { id, remove: card } or { id, state: card }',
  )
}
