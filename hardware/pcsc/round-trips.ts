import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { compile } from './compile.ts'
import { type CardConnection, ReaderError } from './reader.ts'

const run = promisify(execFile)

const SOURCE = join(import.meta.dirname, 'floor.c')

export interface RoundTripOptions {
  /** Sent again and again. */
  command: Uint8Array
  rounds: number
  /** Rounds before the first that counts. */
  warmUp: number
}

/** Durations in microseconds. */
export interface RoundTrips {
  p50Us: number
  p95Us: number
}

/** How long one command takes on a connection. */
export async function measureRoundTrips(
  connection: CardConnection,
  { command, rounds, warmUp }: RoundTripOptions,
): Promise<RoundTrips> {
  const durations: number[] = []
  for (let round = -warmUp; round < rounds; round++) {
    const start = performance.now()
    await connection.transmit(command)
    if (round >= 0) durations.push((performance.now() - start) * 1000)
  }
  return summarise(durations)
}

/**
 * The same for a C program on the same reader, which must be free: the floor under any binding. Compiled into `cacheDirectory`. Throws
 * {@link ReaderError} when it cannot be compiled (libpcsclite-dev) or ends with an error.
 */
export async function measureFloor(
  target: { reader: string; socket: string; cacheDirectory: string },
  { command, rounds, warmUp }: RoundTripOptions,
): Promise<RoundTrips> {
  const { reader, socket, cacheDirectory } = target
  const program = await compile({
    source: SOURCE,
    flags: ['-I/usr/include/PCSC', '-lpcsclite'],
    cacheDirectory,
  })
  try {
    const { stdout } = await run(program, [reader, toHex(command), String(warmUp), String(rounds)], {
      env: { PCSCLITE_CSOCK_NAME: socket },
      maxBuffer: 64 * 1024 * 1024,
    })
    return summarise(
      stdout
        .trim()
        .split('\n')
        .map((nanoseconds) => Number(nanoseconds) / 1000),
    )
  } catch (error) {
    throw new ReaderError(`expected ${program} to measure "${reader}", got: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function summarise(durations: readonly number[]): RoundTrips {
  const sorted = durations.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return { p50Us: at(0.5), p95Us: at(0.95) }
}
