import { Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { BenchFunctions, FunctionsOf, ThreadData, ThreadFunctions, ThreadName } from './wire.ts'

// Starting takes a minute on a machine whose cores eight other programs share.
const MOST_MS = 180_000

/** A part of the bench in a thread of its own, so that the parts share the cores; its functions are calls to there. */
export type RunningThread<Name extends ThreadName> = BirpcReturn<
  FunctionsOf[Name] & ThreadFunctions,
  BenchFunctions
>

/** What every part of the bench can do. */
export type AnyThread = BirpcReturn<ThreadFunctions, BenchFunctions>

/** Starts a thread and waits until it can be used. Throws what it lacks. */
export async function startThread<Name extends ThreadName>(
  data: ThreadData & { name: Name },
  journal: Journal,
): Promise<{ functions: RunningThread<Name>; close(): Promise<void> }> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: data })
  const died = new Promise<never>((_, reject) => worker.once('error', reject))
  died.catch(() => undefined)
  const functions = createBirpc<FunctionsOf[Name] & ThreadFunctions, BenchFunctions>(
    { journal: (event, at) => journal.record(event, at) },
    {
      post: (message) => worker.postMessage(message),
      on: (take) => worker.on('message', take),
      timeout: MOST_MS,
      onTimeoutError: (name) => {
        throw new Error(
          `expected the bench's thread "${data.name}" to do "${name}" within ${MOST_MS / 1_000} s, it did not: end other programs of this machine`,
        )
      },
    },
  )
  // The compiler does not see that every kind of thread has these.
  const thread = functions as unknown as AnyThread
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
