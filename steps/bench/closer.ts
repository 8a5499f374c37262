/** Ends one thing that the bench has started. */
export type Closer = () => Promise<void> | void

// What is being started in this thread, what is to be ended, and how far that is: so that a signal can end all of it.
const starts = new Set<Promise<unknown>>()
const open = new Set<Closer[]>()
const endings = new WeakMap<Closer[], Promise<void>>()
let ending = false

/** A list for what somebody starts; until it is closed, {@link closeEverything} closes it too. */
export function openClosers(): Closer[] {
  const closers: Closer[] = []
  open.add(closers)
  return closers
}

/** Lends `work` a list for what it starts, and ends all of that with the work. */
export async function withClosers<Value>(work: (closers: Closer[]) => Promise<Value>): Promise<Value> {
  const closers = openClosers()
  try {
    return await work(closers)
  } finally {
    await closeAll(closers)
  }
}

/**
 * Ends everything, the last first; goes on when one of them throws, and throws the first error in the end. Who comes second waits for
 * the first.
 */
export function closeAll(closers: Closer[]): Promise<void> {
  const before = endings.get(closers)?.catch(() => undefined)
  const end = before === undefined ? closeEach(closers) : before.then(() => closeEach(closers))
  endings.set(closers, end)
  return end
}

/** For a program that is told to end: closes every open list, after what is still starting has started or failed. */
export async function closeEverything(): Promise<void> {
  ending = true
  while (starts.size > 0) await Promise.allSettled(starts)
  await Promise.allSettled([...open].map(closeAll))
}

/** Throws when {@link closeEverything} was called: then nothing more is to be started or said. */
export function goOn(): void {
  if (ending) throw new Error('expected to go on, the program was told to end')
}

async function closeEach(closers: Closer[]): Promise<void> {
  const errors: unknown[] = []
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close()
    } catch (error) {
      errors.push(error)
    }
  }
  open.delete(closers)
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

/** The started thing, which will be closed with the others. Throws as {@link goOn}. */
export async function closing<Part extends { close(): Promise<void> | void }>(
  closers: Closer[],
  starting: Promise<Part>,
): Promise<Part> {
  starts.add(starting)
  try {
    const part = await starting
    closers.push(() => part.close())
    goOn()
    return part
  } finally {
    starts.delete(starting)
  }
}
