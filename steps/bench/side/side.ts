import { Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Side } from '../plan.ts'
import type { BenchFunctions, FunctionsOf, SideData, ThreadFunctions } from './wire.ts'

// Starting takes a minute on a machine whose cores eight other programs share.
const MOST_MS = 180_000

/** A side of the bench in a thread of its own, so that the two ASEs and their Rafikis share the cores; its functions are calls to there. */
export type RunningSide<Name extends Side> = BirpcReturn<FunctionsOf[Name], BenchFunctions>

/** Starts the thread of a side and waits until it can be used. Throws what the side lacks. */
export async function startSide<Name extends Side>(
  data: SideData & { side: Name },
  journal: Journal,
): Promise<{ functions: RunningSide<Name>; close(): Promise<void> }> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: data })
  const died = new Promise<never>((_, reject) => worker.once('error', reject))
  died.catch(() => undefined)
  const functions = createBirpc<FunctionsOf[Name], BenchFunctions>(
    { journal: (event, at) => journal.record(event, at) },
    {
      post: (message) => worker.postMessage(message),
      on: (take) => worker.on('message', take),
      timeout: MOST_MS,
      onTimeoutError: (name) => {
        throw new Error(
          `expected the ${data.side}'s side of the bench to do "${name}" within ${MOST_MS / 1_000} s, it did not: end other programs of this machine`,
        )
      },
    },
  )
  // The compiler does not see that both kinds of side have these.
  const thread = functions as unknown as BirpcReturn<ThreadFunctions>
  const close = async () => {
    await Promise.race([thread.close(), died]).catch(() => undefined)
    functions.$close()
    await worker.terminate()
  }
  try {
    await Promise.race([thread.ready(), died])
    return { functions, close }
  } catch (error) {
    await close()
    throw error
  }
}
