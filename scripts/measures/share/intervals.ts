/** From and to, of one clock. */
export type Interval = readonly [from: number, to: number]

/** The same time in intervals that neither overlap nor touch, in order; empty ones are left out. */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = []
  const inOrder = intervals.filter(([from, to]) => to > from).sort(([a], [b]) => a - b)
  for (const [from, to] of inOrder) {
    const last = joined.at(-1)
    if (last !== undefined && from <= last[1]) joined[joined.length - 1] = [last[0], Math.max(last[1], to)]
    else joined.push([from, to])
  }
  return joined
}

/** What of `intervals` is in none of `holes`. */
export function minus(intervals: readonly Interval[], holes: readonly Interval[]): Interval[] {
  return union(holes).reduce<Interval[]>(
    (rest, [hole, end]) =>
      rest.flatMap(([from, to]): Interval[] =>
        union([
          [from, Math.min(to, hole)],
          [Math.max(from, end), to],
        ]),
      ),
    union(intervals),
  )
}

/** Time that is in at least one of `intervals`. */
export function lengthOf(intervals: readonly Interval[]): number {
  return union(intervals).reduce((length, [from, to]) => length + to - from, 0)
}
