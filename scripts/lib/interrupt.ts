import { once } from 'node:events'
import { closeEverything } from '../../steps/bench/closer.ts'
import { EXIT } from './exit.ts'

// As shells report it: 128 and the number of the signal.
const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof CODES

/**
 * Does `work` and returns its exit code. At Ctrl-C or a signal, everything that was started is ended first, then the program, with 128 and
 * the signal's number. A second signal ends it at once.
 */
export async function interruptible(work: () => Promise<number>): Promise<number> {
  const end = await firstOf(work)
  if (typeof end === 'number') return end
  process.stderr.write(`tapbench: ended by ${end}\n`)
  await closeEverything()
  process.exit(CODES[end])
}

/** As {@link interruptible}, but of a program that stays until a signal ends it, with exit code 0. */
export async function untilInterrupted(work: () => Promise<void>): Promise<never> {
  await firstOf(async () => {
    await work()
    return new Promise<never>(() => {})
  })
  await closeEverything()
  process.exit(EXIT.done)
}

/** What comes first: the end of the work or a signal. */
async function firstOf<End>(work: () => Promise<End>): Promise<End | Signal> {
  const over = new AbortController()
  const signals = (Object.keys(CODES) as Signal[]).map(async (name) => {
    await once(process, name, { signal: over.signal })
    return name
  })
  try {
    return await Promise.race([...signals, work()])
  } finally {
    over.abort()
  }
}
