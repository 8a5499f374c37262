/** A positive rate as a fraction of whole numbers, so that amounts stay exact. */
export interface Ratio {
  numerator: bigint
  denominator: bigint
}

/** What a payment may cost and must bring. */
export interface QuotedAmounts {
  /** The most that is taken from the payer. */
  maxSource: bigint
  /** The least that is delivered. */
  minDelivery: bigint
  /** Expected units delivered per unit taken. */
  rate: Ratio
  /** The least units delivered per unit taken that each packet must reach. */
  minRate: Ratio
}

/**
 * Quotes a fixed delivery as Rafiki's `@interledger/pay` does: the worst rate is `rate` less the slippage, and the most to send is one unit
 * above the whole units that it needs (500 at 1 % → floor(505.05) + 1 = 506).
 */
export function quoteDelivery(deliver: bigint, rate: number, slippage: number): QuotedAmounts {
  const minRate = ratioOf(rate * (1 - slippage))
  return {
    maxSource: (deliver * minRate.denominator) / minRate.numerator + 1n,
    minDelivery: deliver,
    rate: ratioOf(rate),
    minRate,
  }
}

/** Quotes a fixed spending as `@interledger/pay` does: what all but one unit brings at the worst rate (200 at 1 % → 198). */
export function quoteSpending(spend: bigint, rate: number, slippage: number): QuotedAmounts {
  const minRate = ratioOf(rate * (1 - slippage))
  const minDelivery = spend === 0n ? 0n : multiplyCeil(spend - 1n, minRate)
  return { maxSource: spend, minDelivery, rate: ratioOf(rate), minRate }
}

/** The least that Rafiki says one must send for anything to arrive: two units at least, since `@interledger/pay` rounds. */
export function leastToSend(rate: number): bigint {
  return BigInt(Math.max(Math.ceil(1 / rate), 2))
}

/** The whole units needed so that `ratio` of them is at least `amount`. */
export function divideCeil(amount: bigint, { numerator, denominator }: Ratio): bigint {
  return (amount * denominator + numerator - 1n) / numerator
}

export function multiplyCeil(amount: bigint, { numerator, denominator }: Ratio): bigint {
  return (amount * numerator + denominator - 1n) / denominator
}

export function multiplyFloor(amount: bigint, { numerator, denominator }: Ratio): bigint {
  return (amount * numerator) / denominator
}

/** The decimal fraction of a number as it is written. Throws a RangeError unless it is positive and finite. */
export function ratioOf(value: number): Ratio {
  if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`expected a positive rate, got ${value}`)
  let denominator = 1
  while (!Number.isInteger(value * denominator)) denominator *= 10
  return { numerator: BigInt(value * denominator), denominator: BigInt(denominator) }
}
