import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { TokenAccess } from './access.ts'
import { HsmError } from './error.ts'

const SOURCE = join(import.meta.dirname, 'floor.c')
const LIMIT_MS = 120_000
const run = promisify(execFile)

/**
 * An operation and what it works on. `arqc`: value of an AES-128 card key, CDOL1 data (149 bytes), and the cryptogram (8 bytes, CID 80) that
 * the key makes over it; `cmac`: value of an AES-128 key, 64 bytes, and their MAC; `ecdsa`: a digest of 32 bytes. Keys are of no worth: the
 * program makes session objects of its own.
 */
export type FloorWork =
  | readonly ['arqc', key: Uint8Array, data: Uint8Array, cryptogram: Uint8Array]
  | readonly ['cmac', key: Uint8Array, data: Uint8Array, mac: Uint8Array]
  | readonly ['ecdsa', digest: Uint8Array]

export interface FloorOptions {
  token: TokenAccess
  work: FloorWork
  rounds: number
  /** Where the compiled program is kept for the next time; created when missing. */
  cacheDirectory: string
}

/** `opsPerSecond` over all rounds; of one, `medianUs` and `processorUs`, in which other programs' turns are not. */
export interface Floor {
  rounds: number
  opsPerSecond: number
  medianUs: number
  processorUs: number
}

/**
 * Measures what the token can do: the PKCS#11 calls of one operation, in C, in one thread. Compiles `floor.c` with `cc` at first use.
 * Throws COMPILER_MISSING, and MODULE_FAILED with what the program said.
 */
export async function measureFloor(options: FloorOptions): Promise<Floor> {
  const program = await compile(options.cacheDirectory)
  const { token, work, rounds } = options
  const [operation, ...inputs] = work
  const { module, tokenLabel = '', slot = 0, pin } = token
  const lines = [operation, module, tokenLabel, slot, pin, rounds, ...inputs.map(toHex)]
  const running = run(program, { env: { ...process.env, ...token.environment }, timeout: LIMIT_MS })
  // A program that ended early has closed its input; its own message says why.
  running.child.stdin?.on('error', () => {}).end(`${lines.join('\n')}\n`)
  try {
    return JSON.parse((await running).stdout)
  } catch (error) {
    throw new HsmError('MODULE_FAILED', `expected the floor to be measured, got ${lastWords(error)}`, {
      cause: error,
    })
  }
}

async function compile(cacheDirectory: string): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(SOURCE))
    .digest('hex')
    .slice(0, 16)
  const program = join(cacheDirectory, `hsm-floor-${version}`)
  if (existsSync(program)) return program
  await mkdir(cacheDirectory, { recursive: true })
  const fresh = `${program}.${process.pid}`
  try {
    await run('cc', ['-O2', '-o', fresh, SOURCE, '-ldl'], { timeout: LIMIT_MS })
  } catch (error) {
    throw new HsmError('COMPILER_MISSING', `expected cc to compile ${SOURCE}, got ${lastWords(error)}`, {
      cause: error,
    })
  }
  await rename(fresh, program)
  return program
}

function lastWords(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string }
  return stderr.trim() === '' ? message : stderr.trim()
}
