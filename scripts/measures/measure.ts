/** One measured figure. `target` is what it should reach, in words; `met` whether it did, null where there is no target. */
export interface Figure {
  name: string
  value: number
  unit: string
  target: string | null
  met: boolean | null
}

export interface MeasureOptions {
  rounds: number
  /** What is done by chance can be done again with the same seed. 32 bits. */
  seed: number
  /** More of what takes long. */
  full: boolean
  /** Name or path: the bench of what is measured against a Rafiki of its own. */
  profile: string
  /** For compiled floors. */
  cacheDirectory: string
}

/** A figure with no target. */
export function figure(name: string, value: number, unit: string): Figure {
  return { name, value: rounded(value), unit, target: null, met: null }
}

export function atLeast(name: string, value: number, unit: string, target: number): Figure {
  return { ...figure(name, value, unit), target: `≥ ${target}`, met: value >= target }
}

export function atMost(name: string, value: number, unit: string, target: number): Figure {
  return { ...figure(name, value, unit), target: `≤ ${target}`, met: value <= target }
}

/** The value below which `share` of all lie; sorts a copy. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** What was counted is told as it is. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4))
}
