import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { on, once } from 'node:events'
import { chmod, glob, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { freePorts } from '../../hardware/net/free-ports.ts'

/** A PostgreSQL of one program, empty, on loopback; deleted when it is closed. */
export interface PrivatePostgres {
  /** `postgres://…`, with a password of its own. */
  url: string
  close(): Promise<void>
}

const run = promisify(execFile)
const START_MS = 30_000
const USER = 'postgres'

// Nobody needs these data after a crash.
const SETTINGS = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'unix_socket_directories=']

/** Starts a PostgreSQL of Debian's packages. Throws when there is none, or when it does not start. */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const programs = await programFolder()
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-postgres-'))
  try {
    const password = randomBytes(16).toString('hex')
    await initialise(programs, directory, password)
    const [port = 0] = await freePorts(1)
    const server = await start(programs, join(directory, 'data'), port)
    const close = () => end(server, directory)
    return { url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`, close }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

async function programFolder(): Promise<string> {
  const found: string[] = []
  for await (const folder of glob('/usr/lib/postgresql/*/bin')) found.push(folder)
  const newest = found.sort(byNumber).at(-1)
  if (newest !== undefined) return newest
  throw new Error(
    'expected PostgreSQL in /usr/lib/postgresql, found none: apt-get install -y --no-install-recommends postgresql',
  )
}

const byNumber = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true })

async function initialise(programs: string, directory: string, password: string): Promise<void> {
  const file = join(directory, 'password')
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  if (asRoot()) await run('chown', ['-R', USER, directory])
  await chmod(directory, 0o700)
  const args = ['-D', join(directory, 'data'), '-U', USER, '-A', 'scram-sha-256', '--pwfile', file]
  await run(...asOwner(join(programs, 'initdb'), [...args, '-E', 'UTF8', '--locale=C', '-N']), { cwd: '/' })
}

async function start(programs: string, data: string, port: number): Promise<ChildProcess> {
  const settings = [...SETTINGS, 'listen_addresses=127.0.0.1', `port=${port}`].flatMap((one) => ['-c', one])
  const [command, args] = asOwner(join(programs, 'postgres'), ['-D', data, ...settings])
  const server = spawn(command, args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    await ready(server.stderr)
    return server
  } catch (error) {
    server.kill('SIGQUIT')
    throw error
  } finally {
    // What it says later is nobody's: but a full pipe would stop it.
    server.stderr.resume()
  }
}

/** Waits for the line of its log that says so. */
async function ready(log: Readable): Promise<void> {
  let said = ''
  const late = AbortSignal.timeout(START_MS)
  for await (const [text] of on(log, 'data', { signal: late, close: ['end'] })) {
    said += text
    if (said.includes('ready to accept connections')) return
  }
  throw new Error(`expected PostgreSQL to start, it said: ${said.slice(-500)}`)
}

async function end(server: ChildProcess, directory: string): Promise<void> {
  if (server.exitCode === null) {
    const exited = once(server, 'exit')
    // Fast shutdown: what clients are doing is rolled back.
    server.kill('SIGINT')
    await exited
  }
  await rm(directory, { recursive: true, force: true })
}

function asRoot(): boolean {
  return process.getuid?.() === 0
}

/** PostgreSQL refuses to run as root: then as the user of its package. It is told to end when this program does, however that ends. */
function asOwner(command: string, args: string[]): [command: string, args: string[]] {
  const who = asRoot() ? [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'] : []
  return ['setpriv', [...who, '--pdeathsig=SIGINT', command, ...args]]
}
