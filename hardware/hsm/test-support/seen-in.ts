import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { startOf, type TokenAccess } from '../access.ts'
import type { SeenKey } from './inspect-token.ts'

/** The objects that lie in a token. */
export async function seenIn(access: TokenAccess): Promise<SeenKey[]> {
  return JSON.parse(await lookedAtBy('inspect-token.ts', access))
}

/** Puts a key of somebody else into a token. */
export async function makeForeignKey(access: TokenAccess): Promise<void> {
  await lookedAtBy('make-foreign-key.ts', access)
}

/** What a process of its own says that gets the access on its standard input. */
function lookedAtBy(program: string, access: TokenAccess): Promise<string> {
  const env = { ...process.env, ...access.environment }
  return new Promise((resolve, reject) => {
    const path = join(import.meta.dirname, program)
    const { execPath, execArgv } = startOf(access)
    const child = execFile(execPath, [...execArgv, path], { env }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    )
    child.stdin?.end(JSON.stringify({ ...access, pin: access.pin }))
  })
}
