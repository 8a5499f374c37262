import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below 32768, so that no outgoing connection of this machine takes one between the look and the listen.
const FIRST = 20_000
const LAST = 32_000
// Each process looks in a block of its own first: two that start at once would sometimes find the same port free.
const BLOCK = 128
const OWN = FIRST + (process.pid % Math.floor((LAST - FIRST) / BLOCK)) * BLOCK
const ATTEMPTS = 400

const given = new Set<number>()

/** `count` different TCP ports on which nothing listens on 127.0.0.1, none twice. Throws when the machine has none left. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = []
  for (let attempt = 0; attempt < ATTEMPTS && found.length < count; attempt++) {
    const port = attempt < ATTEMPTS / 2 ? randomInt(OWN, OWN + BLOCK) : randomInt(FIRST, LAST)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) found.push(port)
  }
  if (found.length < count) {
    throw new Error(
      `expected ${count} free TCP ports between ${FIRST} and ${LAST} on 127.0.0.1, found ${found.length}: stop what listens there`,
    )
  }
  return found
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
