import { HsmError } from '../../hardware/hsm/error.ts'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import type { KeyRecord } from '../../hardware/hsm/keys/sealed-key.ts'
import { openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import { tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { EXIT } from '../lib/exit.ts'
import { keyTree, type ListedKey } from '../lib/key-tree.ts'
import { PREFIX } from '../lib/provider-matrix.ts'

/**
 * Prints the keys of the token that the environment names as a tree; without one, what a new token has. Check values come from the token and
 * not from the records, which anybody could have changed; exit code 1 when it refuses a key.
 */
export async function hsmKeys({ json }: { json?: boolean }): Promise<number> {
  const settings = tokenSettings(process.env, PREFIX)
  const { keys, intact } = await withClosers(async (closers) => {
    const { path } = await closing(closers, temporaryFolder())
    const { access: token, twins, keys } = await closing(closers, openTokenOf(settings, path))
    const hsm = await closing(closers, openHsm({ token, twins, keys, signers: 1, journal: silentJournal }))
    const listed = await Promise.all(hsm.keys.map((record) => look(hsm, record)))
    return { keys: listed, intact: listed.every(({ refused }) => !refused) }
  })
  const name = Object.values(settings.token ?? { label: 'new, of this run alone' }).join()
  process.stdout.write(
    json
      ? `${JSON.stringify({ provider: settings.provider, keys }, null, 2)}\n`
      : `${keyTree(`${settings.provider}, token "${name}"`, keys).join('\n')}\n`,
  )
  return intact ? EXIT.done : EXIT.unexpected
}

async function look(hsm: Hsm, record: KeyRecord): Promise<ListedKey & { refused: boolean }> {
  if (record.kcv === null) return { ...record, found: null, refused: false }
  try {
    return { ...record, found: `KCV ${await hsm.generateKcv(record.label)}`, refused: false }
  } catch (error) {
    if (!(error instanceof HsmError)) throw error
    return { ...record, found: error.code, refused: true }
  }
}
