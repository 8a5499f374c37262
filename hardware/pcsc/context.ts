import { rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ContextInterface } from 'smartcard'
import { explain } from './errors.ts'
import { ReaderError } from './reader.ts'

type Binding = typeof import('smartcard')

const VARIABLE = 'PCSCLITE_CSOCK_NAME'
const SYSTEM_SOCKET = '/run/pcscd/pcscd.comm'
const LINK = join(tmpdir(), `tapbench-pcscd-${process.pid}`)

let linked = false

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
 * link of this process, which points to the wanted socket when the context is made: a context keeps its connection. The link stays,
 * because waiting for a card looks whether it is there.
 */
export function openContext(socket?: string): ContextInterface {
  const { Context } = binding()
  const before = process.env[VARIABLE]
  const target = socket ?? before ?? SYSTEM_SOCKET
  pointLink(target)
  process.env[VARIABLE] = LINK
  try {
    return new Context()
  } catch (error) {
    throw explain(error, `expected pcscd to listen on ${target}`)
  } finally {
    if (before === undefined) delete process.env[VARIABLE]
    else process.env[VARIABLE] = before
  }
}

function pointLink(target: string): void {
  if (!linked) process.once('exit', () => rmSync(LINK, { force: true }))
  linked = true
  rmSync(LINK, { force: true })
  symlinkSync(target, LINK)
}
