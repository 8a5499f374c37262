const MS = 1_000

/** Microseconds of a stopwatch by which things take as long as a scenario says: `milliseconds` in their order, the last is repeated. */
export function stopwatch(milliseconds: readonly number[]): () => number {
  let now = 0
  let readings = 0
  return () => {
    // Read at the beginning and at the end of each thing.
    const isEnd = readings % 2 === 1
    const nth = Math.min((readings - 1) / 2, milliseconds.length - 1)
    readings++
    if (isEnd) now += (milliseconds[nth] ?? 0) * MS
    return now
  }
}
