import { workerData } from 'node:worker_threads'
import { servePart } from './part.ts'
import type { ThreadData } from './wire.ts'

// A thread of the bench.

const { parts, ...data }: ThreadData = workerData
for (const { name, port } of parts) servePart(name, data, port)
