import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below 32768, so that no outgoing connection of this machine takes one between the look and the listen.
const FIRST = 20_000
const LAST = 32_000
const ATTEMPTS = 200

/** `count` different TCP ports on which nothing listens on 127.0.0.1. Throws when the machine has none left. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let attempt = 0; attempt < ATTEMPTS && found.size < count; attempt++) {
    const port = randomInt(FIRST, LAST)
    if (await isFree(port)) found.add(port)
  }
  if (found.size < count) {
    throw new Error(
      `expected ${count} free TCP ports between ${FIRST} and ${LAST} on 127.0.0.1, found ${found.size}: stop what listens there`,
    )
  }
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
