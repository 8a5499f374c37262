import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { globSync, readdirSync, readFileSync, watch } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { ROOT } from '../../steps/bench/places.ts'

const LIMIT_MS = 120_000

/** How a command ended. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface CommandOptions {
  env?: Record<string, string>
  cwd?: string
}

/** `scripts/tapbench` as a process of its own, whose temporary files are apart from everybody's. */
export class Command {
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  readonly #folder: string
  #stdout = ''
  #stderr = ''

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    child.stdout?.on('data', (text) => (this.#stdout += text))
    child.stderr?.on('data', (text) => (this.#stderr += text))
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) =>
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr }),
      )
    })
  }

  /** Starts it, as the leader of a process group; with the test, it is ended and its folder deleted. */
  static async start(
    t: TestContext,
    args: readonly string[],
    { env = {}, cwd = ROOT }: CommandOptions = {},
  ): Promise<Command> {
    // Short, since sockets lie in it.
    const folder = await mkdtemp(join(tmpdir(), 'tb-'))
    const child = spawn(join(ROOT, 'scripts/tapbench'), args, {
      cwd,
      env: { ...bare(), TMPDIR: folder, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
    const command = new Command(child, folder)
    t.after(async () => {
      if (child.exitCode === null && child.signalCode === null) command.signalAll('SIGKILL')
      await command.ended.catch(() => undefined)
      await rm(folder, { recursive: true, force: true })
    })
    return command
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** To it and all it has started, as a terminal does at Ctrl-C. */
  signalAll(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal)
  }

  /** Stops reading what it says. */
  hangUp(): void {
    this.#child.stdout?.destroy()
  }

  /** Waits until it has said something like `pattern` on standard output. Rejects when it ended before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const said = pattern.exec(this.#stdout)
      if (said !== null) return said
      await this.#beforeEnd(once(this.#child.stdout ?? this.#child, 'data'))
    }
  }

  /** Waits until it has made temporary folders whose names begin so, one in the other. Rejects when it ended before. */
  async makes(...prefixes: string[]): Promise<void> {
    let folder = this.#folder
    for (const prefix of prefixes) folder = await this.#beforeEnd(appears(folder, prefix))
  }

  /** Fails when it left a process or a file. */
  async leftNothing(): Promise<void> {
    assert.deepEqual(await readdir(this.#folder), [])
    assert.deepEqual(processesThatKnow(this.#folder), [])
  }

  #beforeEnd<Thing>(waiting: Promise<Thing>): Promise<Thing> {
    const early = this.ended.then(({ code, stderr }) => {
      throw new Error(`expected the command to go on, it ended with ${code}: ${stderr}`)
    })
    return Promise.race([waiting, early])
  }
}

/** The path of an entry of the folder whose name begins so, as soon as there is one. */
async function appears(folder: string, prefix: string): Promise<string> {
  const over = new AbortController()
  const entry = () => readdirSync(folder).find((name) => name.startsWith(prefix))
  try {
    const events = on(watch(folder, { signal: over.signal, persistent: false }), 'change')
    let found = entry()
    while (found === undefined) {
      await events.next()
      found = entry()
    }
    return join(folder, found)
  } finally {
    over.abort()
  }
}

/** Runs `scripts/tapbench` to its end. */
export async function tapbench(
  t: TestContext,
  args: readonly string[],
  options?: CommandOptions,
): Promise<Ended> {
  const command = await Command.start(t, args, options)
  return command.ended
}

/** This process's environment without what would change the bench, or would colour what it says (CI does). */
function bare(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(TAPBENCH_.*|DATABASE_URL|NODE_.*|PCSCLITE_CSOCK_NAME|CI|FORCE_COLOR)$/.test(name),
  )
  return Object.fromEntries(others)
}

function processesThatKnow(folder: string): string[] {
  return globSync('/proc/[0-9]*').filter((process) =>
    ['environ', 'cmdline'].some((file) => read(join(process, file)).includes(folder)),
  )
}

/** Empty for a process that has ended meanwhile, or is somebody else's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
