import { parentPort, workerData } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { SwitchJournal } from '../../../protocols/journal/switch-journal.ts'
import { withCorrelation } from '../../../simulators/common/correlation.ts'
import { BenchClock } from '../../bench-clock.ts'
import { type Closer, closeAll } from '../closer.ts'
import { collectGarbage } from './collect.ts'
import { startCustomerSide, startMerchantSide } from './functions.ts'
import { type BenchFunctions, type SideData, sharedMicroseconds, type ThreadFunctions } from './wire.ts'

// The thread of one side of the bench.

if (parentPort === null) throw new Error('expected to be started by the bench, as a thread')
const port = parentPort
const { side, ...data }: SideData = workerData
const clock = new BenchClock()
const journal = new SwitchJournal()
const closers: Closer[] = [() => clock.close()]
const start = { merchant: startMerchantSide, customer: startCustomerSide }[side]
const starting = start({ ...data, clock, journal, closers })

const thread: ThreadFunctions = {
  ready: async () => void (await starting),
  advance: (milliseconds) => clock.advance(milliseconds),
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

const bench = createBirpc<BenchFunctions, ThreadFunctions>(thread, {
  post: (message) => port.postMessage(message),
  on: (take) => port.on('message', take),
  resolver: async (name, own) => own ?? ((await starting) as unknown as Record<string, typeof own>)[name],
})

// Told by ready(); unhandled it would end the thread before anybody asked.
starting.catch(() => undefined)
