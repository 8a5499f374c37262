import { workerData } from 'node:worker_threads'
import { createBirpc } from 'birpc'
import type { BenchFunctions, PartFunctions, ThreadData } from '../wire.ts'

// A thread of the bench whose parts never answer, and that breaks: on `collect` by an error, on `record` by its end.

const { parts }: ThreadData = workerData
for (const { port } of parts) {
  const part: PartFunctions = {
    ready: async () => undefined,
    advance: () => new Promise<void>(() => undefined),
    record: () => process.exit(7),
    // Answered, it would race with the error, which comes by another port.
    collect: () => {
      setImmediate(() => {
        throw new Error('the books are gone')
      })
      return new Promise<void>(() => undefined)
    },
    close: async () => undefined,
  }
  createBirpc<BenchFunctions, PartFunctions>(part, {
    post: (message) => port.postMessage(message),
    on: (take) => port.on('message', take),
  })
}
