const PATIENCE_MS = 10_000

/** Waits for something that should come at once, by the machine's clock. Throws what it waited for. */
export async function bounded<Value>(what: string, waited: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, reject) => {
    const error = new Error(`expected ${what} within ${PATIENCE_MS} ms, it did not happen`)
    timer = setTimeout(() => reject(error), PATIENCE_MS)
  })
  try {
    return await Promise.race([waited, end])
  } finally {
    clearTimeout(timer)
  }
}
