import type { MessagePort } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { SwitchJournal } from '../../../protocols/journal/switch-journal.ts'
import { withCorrelation } from '../../../simulators/common/correlation.ts'
import { BenchClock } from '../../bench-clock.ts'
import { type Closer, closeAll } from '../closer.ts'
import { bySide, SIDES } from '../plan.ts'
import { collectGarbage } from './collect.ts'
import type { PartStart } from './part-options.ts'
import {
  type BenchFunctions,
  type PartFunctions,
  type PartName,
  sharedMicroseconds,
  type ThreadData,
} from './wire.ts'

// A thread loads its own parts alone.
const STARTS: Record<PartName, (options: PartStart) => Promise<object>> = {
  merchant: async (options) => (await import('./merchant.ts')).startMerchant(options),
  customer: async (options) => (await import('./customer.ts')).startCustomer(options),
  rafikis: async (options) => (await import('./rafikis.ts')).startRafikis(options),
}

/** Starts a part of the bench in this thread, and does what the bench calls through the port. */
export function servePart(name: PartName, data: Omit<ThreadData, 'parts'>, port: MessagePort): void {
  const clocks = bySide(() => new BenchClock())
  const journal = new SwitchJournal()
  const closers: Closer[] = SIDES.map((side) => () => clocks[side].close())
  const starting = STARTS[name]({ ...data, clocks, journal, closers })
  const part: PartFunctions = {
    ready: async () => void (await starting),
    advance: (sides, milliseconds) => {
      for (const side of sides) clocks[side].advance(milliseconds)
    },
    record: (wanted) =>
      journal.to(
        wanted
          ? { record: (event) => bench.journal.asEvent(withCorrelation(event), sharedMicroseconds()) }
          : silentJournal,
      ),
    collect: collectGarbage,
    close: async () => {
      await starting.catch(() => undefined)
      await closeAll(closers)
    },
  }
  const bench = createBirpc<BenchFunctions, PartFunctions>(part, {
    post: (message) => port.postMessage(message),
    on: (take) => port.on('message', take),
    resolver: async (name, own) => own ?? ((await starting) as unknown as Record<string, typeof own>)[name],
  })
  // Told by ready(); unhandled it would end the thread before anybody asked.
  starting.catch(() => undefined)
}
