import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { ReaderError } from './reader.ts'

const run = promisify(execFile)

export interface CompileOptions {
  /** The C file. */
  source: string
  /** Flags and libraries, given after the source. */
  flags: readonly string[]
  /** Folder that keeps what was compiled, created when missing; may be shared by processes. */
  cacheDirectory: string
  /** Default `cc`. */
  compiler?: string
}

/**
 * Path of the compiled file; compiles only when the cache has none of the same source and flags. Throws {@link ReaderError} naming the
 * package when there is no C compiler, or with the compiler's own words.
 */
export async function compile(options: CompileOptions): Promise<string> {
  const { source, flags, cacheDirectory } = options
  const hash = createHash('sha256')
    .update(await readFile(source))
    .update([process.arch, ...flags].join('\0'))
  const target = join(cacheDirectory, `${basename(source, '.c')}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(target)) return target
  await mkdir(cacheDirectory, { recursive: true })
  await compileTo(target, options)
  return target
}

async function compileTo(target: string, { source, flags, compiler = 'cc' }: CompileOptions): Promise<void> {
  // Another process may compile the same: whoever renames last wins, and both files are the same.
  const draft = `${target}.${randomUUID()}`
  try {
    await run(compiler, ['-O2', '-o', draft, source, ...flags])
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw explain(error as NodeJS.ErrnoException & { stderr?: string }, source, compiler)
  }
}

function explain(
  error: NodeJS.ErrnoException & { stderr?: string },
  source: string,
  compiler: string,
): ReaderError {
  const what = `expected to compile ${source} with ${compiler}`
  const message =
    error.code === 'ENOENT'
      ? `${what}, found no C compiler: apt-get install gcc libc6-dev`
      : `${what}, it said: ${(error.stderr ?? error.message).slice(0, 600)}`
  return new ReaderError(message, { cause: error })
}
