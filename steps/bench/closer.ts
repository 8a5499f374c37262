/** Ends one thing that the bench has started. */
export type Closer = () => Promise<void> | void

/** Ends everything, the last first; goes on when one of them throws, and throws the first error in the end. */
export async function closeAll(closers: Closer[]): Promise<void> {
  const errors: unknown[] = []
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}

/** Waits for all, also when one fails, so that whatever started can be closed; then throws the first error. */
export async function settleAll<Parts extends readonly unknown[]>(
  starting: { [Index in keyof Parts]: Promise<Parts[Index]> },
): Promise<Parts> {
  const settled = await Promise.allSettled(starting as readonly Promise<unknown>[])
  for (const part of settled) if (part.status === 'rejected') throw part.reason
  return settled.map((part) => (part as PromiseFulfilledResult<unknown>).value) as unknown as Parts
}

/** The started thing, which will be closed with the others. */
export async function closing<Part extends { close(): Promise<void> | void }>(
  closers: Closer[],
  starting: Promise<Part>,
): Promise<Part> {
  const part = await starting
  closers.push(() => part.close())
  return part
}
