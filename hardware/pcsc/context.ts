import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContextInterface } from 'smartcard'
import { explain } from './errors.ts'
import { ReaderError } from './reader.ts'

type Binding = typeof import('smartcard')

const VARIABLE = 'PCSCLITE_CSOCK_NAME'
const SYSTEM_SOCKET = '/run/pcscd/pcscd.comm'
const FOLDER = join(tmpdir(), `tapbench-pcsc-${randomUUID()}`)
const LINK = join(FOLDER, 'pcscd.comm')

/** The PC/SC binding; loaded late, so that what needs no reader runs without it. Throws {@link ReaderError} when it does not load. */
export function binding(): Binding {
  try {
    return createRequire(import.meta.url)('smartcard')
  } catch (error) {
    throw new ReaderError(
      `expected the PC/SC binding to load, got: ${(error as Error).message.split('\n', 1)[0]}. ` +
        'apt-get install libpcsclite-dev pcscd g++ make python3, then: npm rebuild smartcard',
      { cause: error },
    )
  }
}

/**
 * A PC/SC context with the pcscd behind `socket`; without one, the pcscd of PCSCLITE_CSOCK_NAME or the machine's own. A process may talk
 * to several, one after the other or at once. Throws {@link ReaderError} when none listens.
 *
 * libpcsclite reads PCSCLITE_CSOCK_NAME once in the life of a process (`getSocketName` in winscard_msg.c). So what it gets to know is a
 * name of this process, which is a link to the wanted socket while the context is made: a context keeps its connection.
 */
export function openContext(socket?: string): ContextInterface {
  const { Context } = binding()
  const before = process.env[VARIABLE]
  const target = socket ?? before ?? SYSTEM_SOCKET
  mkdirSync(FOLDER, { mode: 0o700 })
  try {
    symlinkSync(target, LINK)
    process.env[VARIABLE] = LINK
    return new Context()
  } catch (error) {
    throw explain(error, `expected pcscd to listen on ${target}`)
  } finally {
    if (before === undefined) delete process.env[VARIABLE]
    else process.env[VARIABLE] = before
    rmSync(FOLDER, { recursive: true })
  }
}
