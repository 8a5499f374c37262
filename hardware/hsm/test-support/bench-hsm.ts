import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { type Hsm, type HsmOptions, openHsm } from '../hsm.ts'
import { MemoryKeyStore } from '../keys/key-store.ts'
import { createPrivateToken } from '../token.ts'

/** An HSM on a token of its own, one signer, keys allowed in it. */
export interface BenchHsm {
  readonly hsm: Hsm
  readonly keys: MemoryKeyStore
  readonly journal: MemoryJournal
  /** The same keys and token behind another HSM, which the caller closes. */
  open(options: Partial<HsmOptions>): Promise<Hsm>
  close(): Promise<void>
}

export async function openBenchHsm(options: Partial<HsmOptions> = {}): Promise<BenchHsm> {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-hsm-'))
  const token = await createPrivateToken({ directory })
  const keys = new MemoryKeyStore()
  const journal = new MemoryJournal(() => 0)
  const open = (more: Partial<HsmOptions>) =>
    openHsm({ token, keys, journal, signers: 1, clearAllowed: true, ...options, ...more })
  const hsm = await open({})
  const close = async () => {
    await hsm.close()
    await token.close()
    await rm(directory, { recursive: true })
  }
  return { hsm, keys, journal, open, close }
}
