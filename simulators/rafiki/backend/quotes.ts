/** A positive rate as a fraction of whole numbers, so that amounts stay exact. */
export interface Ratio {
  numerator: bigint
  denominator: bigint
}

/** What a payment of a fixed delivery may cost. */
export interface Quote {
  /** The most that is taken from the payer: the debit amount. */
  maxSource: bigint
  /** Expected units delivered per unit taken. */
  rate: Ratio
  /** The least units delivered per unit taken that each packet must reach. */
  minRate: Ratio
}

/**
 * Quotes a fixed delivery as Rafiki's `@interledger/pay` does: the worst rate is `rate` less the slippage, and the most to send is one unit
 * above the whole units that it needs (500 at 1 % → floor(505.05) + 1 = 506).
 */
export function quoteDelivery(deliver: bigint, rate: number, slippage: number): Quote {
  const minRate = ratioOf(rate * (1 - slippage))
  return {
    maxSource: (deliver * minRate.denominator) / minRate.numerator + 1n,
    rate: ratioOf(rate),
    minRate,
  }
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
