/** A duration in the unit a reader would choose: `240 µs`, `1.38 ms`, `12.4 ms`, `3.20 s`, `2 min 05 s`. */
export function duration(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`
  if (us < 999_500) return `${significant(us / 1_000)} ms`
  if (us < 60_000_000) return `${significant(us / 1_000_000)} s`
  const seconds = Math.round(us / 1_000_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** A moment since the journal began, in milliseconds with a fixed number of decimals, so that columns line up: `12.345`. */
export function moment(us: number): string {
  return (us / 1_000).toFixed(3)
}

function significant(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return value.toFixed(decimals)
}
