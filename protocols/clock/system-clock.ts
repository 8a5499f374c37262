import type { Clock, Timer } from './clock.ts'

/** The machine's own clock, for programs that run alone. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action): Timer {
    const handle = setTimeout(action, milliseconds)
    return { cancel: () => clearTimeout(handle) }
  },
}
