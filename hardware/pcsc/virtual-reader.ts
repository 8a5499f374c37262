import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, type FileHandle, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { freePorts } from '../net/free-ports.ts'
import { listReaders } from './pcsc-reader.ts'
import { ReaderError } from './reader.ts'
import { compileShim } from './shim.ts'

export interface VirtualReadersOptions {
  /** A name for each reader, 1 to 8 of them, all different; PC/SC adds two numbers to it. */
  readers: readonly string[]
  /** Folder for what this pcscd needs while it runs; a folder of its own is made in it. Socket paths are bounded: keep it short. */
  directory: string
  /** Folder that keeps the compiled preload file for later runs; default `directory`. */
  cacheDirectory?: string
  /** A command that a card does not answer for so long is a torn card. Default 10 s. */
  cardTimeoutMs?: number
  /** Finds free TCP ports; default {@link freePorts}. */
  ports?: (count: number) => Promise<number[]>
  /** Where things are, when not at the places of Debian. */
  tools?: { pcscd?: string; driver?: string; compiler?: string }
}

export interface VirtualReader {
  /** As PC/SC lists it. */
  name: string
  /** A card connects to this TCP port of 127.0.0.1 and speaks the protocol of vpcd. */
  port: number
}

/** A pcscd of its own with virtual readers; neither the machine's pcscd nor its USB readers are touched. No root is needed. */
export interface VirtualReaders {
  /** What other PC/SC programs need as PCSCLITE_CSOCK_NAME. */
  socket: string
  readers: VirtualReader[]
  /** Ends pcscd and deletes its files; harmless when called twice. */
  close(): Promise<void>
}

const PCSCD = ['/usr/sbin/pcscd', '/usr/local/sbin/pcscd']
const DRIVER = [
  '/usr/lib/pcsc/drivers/serial/libifdvpcd.so',
  '/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so',
]
// pcscd has 16 slots, and stock vpcd gives each reader a second one (on the next port), where never a card lies.
const MOST_READERS = 8
const FIRST_SLOT = /^(.*) [0-9A-F]{2} 00$/
const FOLDER = 'pcscd-'
const SOCKET = 'pcscd.comm'
const MOST_SOCKET_BYTES = 107
const PORT_ATTEMPTS = 5
const START_MS = 10_000
const STOP_MS = 2_000

/**
 * Starts a private pcscd and checks that it has all readers. Busy ports are replaced by others. Throws {@link ReaderError} naming the
 * Debian package that is missing, or with the end of pcscd's log.
 */
export async function startVirtualReaders(options: VirtualReadersOptions): Promise<VirtualReaders> {
  checkNames(options.readers)
  checkPath(options.directory)
  const tools = {
    pcscd: find(options.tools?.pcscd, PCSCD, 'pcscd'),
    driver: find(options.tools?.driver, DRIVER, 'vsmartcard-vpcd'),
    shim: await compileShim(options.cacheDirectory ?? options.directory, options.tools?.compiler),
  }
  await mkdir(options.directory, { recursive: true })
  for (let attempt = 1; ; attempt++) {
    const outcome = await startOnce(options, tools)
    if (!('busy' in outcome)) return outcome
    if (attempt === PORT_ATTEMPTS)
      throw new ReaderError(
        `expected free TCP ports on 127.0.0.1 for ${options.readers.length} readers, ` +
          `port ${outcome.busy} was taken at attempt ${attempt}: stop what takes ports, then try again`,
      )
  }
}

interface Tools {
  pcscd: string
  driver: string
  shim: string
}

function checkNames(names: readonly string[]): void {
  const wellFormed =
    names.every((name) => /^[\w .:()-]{1,80}$/.test(name)) && new Set(names).size === names.length
  if (wellFormed && names.length >= 1 && names.length <= MOST_READERS) return
  throw new ReaderError(
    `expected 1 to ${MOST_READERS} different reader names of up to 80 letters, digits, blanks and _.:()-, got ${names.length}: ${names.join(', ')}`,
  )
}

function checkPath(directory: string): void {
  const socket = join(directory, `${FOLDER}XXXXXX`, SOCKET)
  if (Buffer.byteLength(socket) <= MOST_SOCKET_BYTES) return
  throw new ReaderError(
    `expected a socket path of at most ${MOST_SOCKET_BYTES} bytes, got ${socket}: give a shorter folder`,
  )
}

function find(given: string | undefined, places: readonly string[], packageName: string): string {
  const candidates = given === undefined ? places : [given]
  const found = candidates.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new ReaderError(
    `expected ${candidates.join(' or ')}, it is not there: apt-get install ${packageName}`,
  )
}

async function startOnce(
  options: VirtualReadersOptions,
  tools: Tools,
): Promise<VirtualReaders | { busy: number }> {
  const folder = await mkdtemp(join(options.directory, FOLDER))
  const ports = await (options.ports ?? freePorts)(options.readers.length)
  const pcscd = new Pcscd(folder)
  try {
    await configure(folder, options.readers, ports, tools.driver)
    const report = await pcscd.start(tools, options.cardTimeoutMs ?? 10_000)
    if (report.busy !== undefined) {
      await pcscd.stop()
      return { busy: report.busy }
    }
    const names = listReaders(pcscd.socket)
    const readers = options.readers.map((name, index) => named(name, names, ports[index] ?? 0))
    return { socket: pcscd.socket, readers, close: () => pcscd.stop() }
  } catch (error) {
    await pcscd.stop()
    throw error
  }
}

function named(name: string, listed: readonly string[], port: number): VirtualReader {
  const found = listed.find((full) => FIRST_SLOT.exec(full)?.[1] === name)
  if (found !== undefined) return { name: found, port }
  throw new ReaderError(`expected pcscd to have a reader "${name}", it has: ${listed.join(', ') || 'none'}`)
}

/** Entries with the same library share their reader: each gets a copy. */
async function configure(folder: string, names: readonly string[], ports: readonly number[], driver: string) {
  const configuration = join(folder, 'readers')
  await mkdir(configuration)
  const entries = names.map(async (name, index) => {
    const library = join(folder, `libifdvpcd-${index}.so`)
    await copyFile(driver, library)
    return `FRIENDLYNAME "${name}"\nDEVICENAME /dev/null:${ports[index]}\nLIBPATH ${library}\nCHANNELID ${ports[index]}\n`
  })
  await writeFile(join(configuration, 'virtual'), (await Promise.all(entries)).join('\n'))
}

class Pcscd {
  readonly socket: string
  readonly #folder: string
  #child: ChildProcess | undefined

  constructor(folder: string) {
    this.#folder = folder
    this.socket = join(folder, SOCKET)
  }

  /** Resolves when clients can come, or with a port that was busy. */
  async start({ pcscd, shim }: Tools, cardTimeoutMs: number): Promise<{ busy?: number }> {
    const log = await open(join(this.#folder, 'pcscd.log'), 'w+')
    try {
      this.#child = spawn(pcscd, ['--foreground', '--info', '--config', join(this.#folder, 'readers')], {
        stdio: ['ignore', log.fd, log.fd, 'pipe'],
        env: {
          LD_PRELOAD: shim,
          TAPBENCH_RUN: this.#folder,
          TAPBENCH_PARENT: String(process.pid),
          TAPBENCH_CARD_TIMEOUT_MS: String(cardTimeoutMs),
        },
      })
      return await report(this.#child, log)
    } finally {
      await log.close()
    }
  }

  async stop(): Promise<void> {
    if (this.#child !== undefined) await end(this.#child)
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function report(child: ChildProcess, log: FileHandle): Promise<{ busy?: number }> {
  const [word, port] = (await firstLine(child)).split(/\s/)
  if (word === 'ready') return {}
  if (word === 'busy') return { busy: Number(port) }
  throw new ReaderError(
    `expected pcscd to start, it ended (exit code ${child.exitCode}, signal ${child.signalCode}). End of its log:\n${await tail(log)}`,
  )
}

/** By the open file: pcscd deletes its folder when it ends. */
async function tail(log: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await log.read({ buffer: Buffer.alloc(65_536), position: 0 })
  return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-10).join('\n') || '(empty)'
}

/** What the preload file reports first; nothing when pcscd ended, or did not get ready in time and was ended. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const reports = child.stdio[3] as Readable
    const timer = setTimeout(() => child.kill('SIGKILL'), START_MS)
    const done = (line: string) => {
      clearTimeout(timer)
      reports.destroy()
      resolve(line)
    }
    reports.once('data', (line: Buffer) => done(line.toString()))
    child.once('exit', () => done(''))
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new ReaderError(`expected pcscd to start, got: ${error.message}`, { cause: error }))
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  child.kill('SIGTERM')
  await exited
  clearTimeout(timer)
}
