import { createServer, type Server } from 'node:net'

// Below 32768, so that no outgoing connection of this machine takes one between the look and the listen.
const FIRST = 20_000
const LAST = 32_000
const BLOCK = 100
const BLOCKS = (LAST - FIRST) / BLOCK

// Programs that look at the same time would find the same port free: so each claims a block by listening on its first port while it runs.
const claimed: number[] = []
const guards: Server[] = []

/** `count` different TCP ports on which nothing listens on 127.0.0.1, none twice in this program and its neighbours. Throws when none are left. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = []
  while (found.length < count) {
    const port = claimed.pop()
    if (port === undefined) claimed.push(...(await claimBlock(count - found.length)))
    else if (await isFree(port)) found.push(port)
  }
  return found
}

/** The ports of a block but its first, which is kept; every second one, since a virtual reader of vpcd takes the one after its own as well. */
async function claimBlock(wanted: number): Promise<number[]> {
  for (let block = 0; block < BLOCKS; block++) {
    const guarded = FIRST + ((process.pid + block) % BLOCKS) * BLOCK
    const guard = await listenAt(guarded)
    if (guard === null) continue
    guards.push(guard.unref())
    return Array.from({ length: BLOCK / 2 - 1 }, (_, index) => guarded + 2 * (index + 1))
  }
  throw new Error(
    `expected ${wanted} free TCP ports between ${FIRST} and ${LAST} on 127.0.0.1, found none: stop what listens there`,
  )
}

async function isFree(port: number): Promise<boolean> {
  const probe = await listenAt(port)
  if (probe === null) return false
  await new Promise((resolve) => probe.close(resolve))
  return true
}

/** Null when somebody listens there. */
function listenAt(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
