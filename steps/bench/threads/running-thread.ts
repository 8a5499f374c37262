import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { settleAll } from '../closer.ts'
import type { BenchFunctions, FunctionsOf, PartFunctions, PartName, ThreadData } from './wire.ts'

// Starting takes a minute on a machine whose cores eight other programs share.
const MOST_MS = 180_000

const THREAD = new URL('./thread.ts', import.meta.url)

/** A part of the bench, in another thread; its functions are calls to there. */
export type RunningPart<Name extends PartName> = BirpcReturn<
  FunctionsOf[Name] & PartFunctions,
  BenchFunctions
>

/** What every part of the bench can do. */
export type AnyPart = BirpcReturn<PartFunctions, BenchFunctions>

export interface RunningThread<Name extends PartName> {
  parts: { [Each in Name]: RunningPart<Each> }
  close(): Promise<void>
}

/**
 * Starts a thread with these parts and waits until all can be used. Throws what one of them lacks. When the thread breaks later, every
 * call under way and every later one throws what broke it.
 */
export async function startThread<Name extends PartName>(
  names: readonly Name[],
  data: Omit<ThreadData, 'parts'>,
  journal: Journal,
  program = THREAD,
): Promise<RunningThread<Name>> {
  const wires = names.map((name) => ({ name, ...openWire() }))
  const worker = new Worker(program, {
    workerData: {
      ...data,
      parts: wires.map(({ name, there }) => ({ name, port: there })),
    } satisfies ThreadData,
    transferList: wires.map(({ there }) => there),
  })
  const broken = brokenSignal(worker, names)
  const parts = wires.map(({ name, here }) => [name, callsOf(name, here, journal, broken)] as const)
  const every = (call: (part: AnyPart) => Promise<void>) => settleAll(parts.map(([, part]) => call(part)))
  const close = async () => {
    await every((part) => part.close()).catch(() => undefined)
    for (const [, part] of parts) part.$close()
    for (const { here } of wires) here.close()
    await worker.terminate()
  }
  try {
    await every((part) => part.ready())
    // The compiler does not see that each kind of part has its own functions.
    return { parts: Object.fromEntries(parts) as unknown as RunningThread<Name>['parts'], close }
  } catch (error) {
    await close()
    throw error
  }
}

function openWire(): { here: MessagePort; there: MessagePort } {
  const { port1, port2 } = new MessageChannel()
  return { here: port1, there: port2 }
}

/** Aborts when the thread ends by itself, with the reason. */
function brokenSignal(worker: Worker, names: readonly PartName[]): AbortSignal {
  const broken = new AbortController()
  const abort = (why: string, cause?: unknown) =>
    broken.abort(
      new Error(
        `expected the bench's thread of ${names.join(' and ')} to run until the bench ends, ${why}: start anew, TAPBENCH_DEBUG=1 tells where`,
        { cause },
      ),
    )
  worker.once('error', (error) => abort(`it broke with "${error.message}"`, error))
  worker.once('exit', (code) => abort(`it ended with exit code ${code}`))
  return broken.signal
}

/** What is called in a part through this port, with a bound, and as long as its thread is not broken. */
function callsOf(name: PartName, port: MessagePort, journal: Journal, broken: AbortSignal): AnyPart {
  const part = createBirpc<PartFunctions, BenchFunctions>(
    { journal: (event, at) => journal.record(event, at) },
    {
      post: (message) => {
        broken.throwIfAborted()
        port.postMessage(message)
      },
      on: (take) => port.on('message', take),
      timeout: MOST_MS,
      onTimeoutError: (call) => {
        throw new Error(
          `expected the bench's part "${name}" to do "${call}" within ${MOST_MS / 1_000} s, it did not: end other programs of this machine`,
        )
      },
    },
  )
  broken.addEventListener('abort', () => part.$rejectPendingCalls(({ reject }) => reject(broken.reason)))
  return part
}
