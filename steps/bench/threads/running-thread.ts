import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { type BirpcReturn, createBirpc } from 'birpc'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { settleAll } from '../closer.ts'
import type { BenchFunctions, FunctionsOf, PartFunctions, PartName, ThreadData } from './wire.ts'

// Starting takes a minute on a machine whose cores eight other programs share.
const MOST_MS = 180_000

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

/** Starts a thread with these parts and waits until all can be used. Throws what one of them lacks. */
export async function startThread<Name extends PartName>(
  names: readonly Name[],
  data: Omit<ThreadData, 'parts'>,
  journal: Journal,
): Promise<RunningThread<Name>> {
  const wires = names.map((name) => ({ name, ...openWire() }))
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: {
      ...data,
      parts: wires.map(({ name, there }) => ({ name, port: there })),
    } satisfies ThreadData,
    transferList: wires.map(({ there }) => there),
  })
  const died = new Promise<never>((_, reject) => worker.once('error', reject))
  died.catch(() => undefined)
  const parts = wires.map(({ name, here }) => [name, callsOf(name, here, journal)] as const)
  const every = (call: (part: AnyPart) => Promise<void>) =>
    Promise.race([settleAll(parts.map(([, part]) => call(part))), died])
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

/** What is called in a part through this port, with a bound. */
function callsOf(name: PartName, port: MessagePort, journal: Journal): AnyPart {
  return createBirpc<PartFunctions, BenchFunctions>(
    { journal: (event, at) => journal.record(event, at) },
    {
      post: (message) => port.postMessage(message),
      on: (take) => port.on('message', take),
      timeout: MOST_MS,
      onTimeoutError: (call) => {
        throw new Error(
          `expected the bench's part "${name}" to do "${call}" within ${MOST_MS / 1_000} s, it did not: end other programs of this machine`,
        )
      },
    },
  )
}
