/** Width of a transaction counter, and how many ones it may have. */
export interface CounterForm {
  counterBits: number
  maxOnes: number
}

/** Number of ones of an unsigned integer of at most 32 bits. */
export function ones(counter: number): number {
  let count = 0
  for (let rest = counter; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++
  return count
}

/** The lowest one of an unsigned integer, as a number; 0 for 0. */
export function lowestOne(counter: number): number {
  return (counter & -counter) >>> 0
}

/**
 * The counter of the next transaction; null when there is none. Counters with too many ones are passed over, which bounds the steps from
 * the initial key to any other (X9.24-1:2009, A.2 "New Key"; X9.24-3:2017, 6.1).
 */
export function nextCounter(form: CounterForm, counter: number): number | null {
  const next = counter + (ones(counter) < form.maxOnes ? 1 : lowestOne(counter))
  return next < 2 ** form.counterBits ? next : null
}

/** How many transactions a device can still make whose next one has this counter, that one included. */
export function transactionsLeft(form: CounterForm, counter: number): number {
  let left = counter > 0 && ones(counter) <= form.maxOnes ? 1 : 0
  let above = 0
  for (let bit = form.counterBits - 1; bit >= 0; bit--) {
    // Every later counter has, at one place, a one where this counter has a zero, and anything to the right of it.
    if (Math.floor(counter / 2 ** bit) % 2 === 1) above++
    else left += subsets(bit, form.maxOnes - above - 1)
  }
  return left
}

/** In how many ways `bits` bits can have at most `most` ones. */
function subsets(bits: number, most: number): number {
  let term = 1
  let sum = 0
  for (let chosen = 0; chosen <= most; chosen++) {
    sum += term
    term = (term * (bits - chosen)) / (chosen + 1)
  }
  return sum
}
