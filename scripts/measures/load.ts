/** Performs `count` pieces of work, `inFlight` at a time, and returns what each took, in microseconds. `lane` is 0 to inFlight - 1. */
export async function load(
  count: number,
  inFlight: number,
  work: (lane: number) => Promise<unknown>,
): Promise<number[]> {
  const durations: number[] = []
  let left = count
  const drain = async (lane: number) => {
    while (left-- > 0) {
      const started = performance.now()
      await work(lane)
      durations.push((performance.now() - started) * 1000)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, (_, lane) => drain(lane)))
  return durations
}
