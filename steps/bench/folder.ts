import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder for tokens, sockets and databases of one bench, deleted when it is closed. */
export async function temporaryFolder(): Promise<{ path: string; close(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tapbench-'))
  return { path, close: () => rm(path, { recursive: true, force: true }) }
}
