import { AsyncResource } from 'node:async_hooks'
import type { Journal } from '../../protocols/journal/journal.ts'
import { type Behaviour, GOOD_BEHAVIOUR } from './config.ts'
import type { Housekeeping } from './database/housekeeping.ts'
import { misbehave } from './misbehaviour.ts'
import type { CustomerRafiki } from './rafiki/customer-rafiki.ts'
import type { RafikiEvent } from './webhooks/event.ts'
import type { EventDesk } from './webhooks/event-desk.ts'
import type { Work } from './work.ts'

export interface ConductParts {
  desk: EventDesk
  work: Work
  rafiki: CustomerRafiki
  housekeeping: Housekeeping
  journal: Journal
}

/** When an issuer works on what Rafiki tells it: at once, or as a scenario wants it. */
export class Conduct {
  readonly #parts: ConductParts
  readonly #held: (() => void)[] = []
  #behaviour = GOOD_BEHAVIOUR

  constructor(parts: ConductParts) {
    this.#parts = parts
  }

  /** From now on; what is left out is as it should be. What was held back is begun, unless it still is. */
  behave(change: Partial<Behaviour>): void {
    this.#behaviour = { ...GOOD_BEHAVIOUR, ...change }
    if (this.#behaviour.holding) return
    for (const begin of this.#held.splice(0)) begin()
  }

  /** Takes an event that was answered with 200. */
  take(event: RafikiEvent): void {
    if (this.#behaviour.silent) this.#parts.desk.journal(event, 'taken', 'silent')
    else this.#begin(event)
  }

  #begin(event: RafikiEvent): void {
    const { holding, delayMs } = event.type === 'outgoing_payment.created' ? this.#behaviour : GOOD_BEHAVIOUR
    const begin = () => this.#parts.work.start(() => this.#workOn(event), delayMs)
    if (holding) this.#note(`has ${event.type} and waits until it may work on it`)
    else if (delayMs > 0) this.#note(`has ${event.type} and waits ${delayMs} ms before working on it`)
    // What is begun later belongs to the same tap.
    if (holding) this.#held.push(AsyncResource.bind(begin))
    else begin()
  }

  async #workOn(event: RafikiEvent): Promise<void> {
    const { desk, rafiki, housekeeping, journal } = this.#parts
    await desk.take(event)
    await misbehave(this.#behaviour.afterwards, event, { rafiki, journal })
    await housekeeping.counted()
  }

  #note(text: string): void {
    this.#parts.journal.record({ kind: 'fact', party: 'customer-ase', text })
  }
}
