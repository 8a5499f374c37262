import { HsmError } from '../../hardware/hsm/error.ts'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import type { KeyRecord } from '../../hardware/hsm/keys/sealed-key.ts'
import { openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import type { ProviderName } from '../../hardware/hsm/providers/providers.ts'
import { type TokenSettings, tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import type { TokenStanding } from '../../hardware/hsm/signer-pool.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { EXIT } from '../lib/exit.ts'
import { keyTree, type ListedKey } from '../lib/key-tree.ts'
import { PREFIX } from '../lib/provider-matrix.ts'

/** One of the tokens that the keys are in. */
interface ListedToken extends Pick<TokenStanding, 'name' | 'standing' | 'reason'> {
  readonly provider: ProviderName
}

/**
 * Prints the keys of the token, or the two, that the environment names as a tree; without one, what a new token has. Check values come from
 * the token and not from the records, which anybody could have changed; exit code 1 when it refuses a key.
 */
export async function hsmKeys({ json }: { json?: boolean }): Promise<number> {
  const settings = tokenSettings(process.env, PREFIX)
  const { tokens, keys, intact } = await withClosers(async (closers) => {
    const { path } = await closing(closers, temporaryFolder())
    const { access: token, twins, keys } = await closing(closers, openTokenOf(settings, path))
    const hsm = await closing(closers, openHsm({ token, twins, keys, signers: 1, journal: silentJournal }))
    const listed = await Promise.all(hsm.keys.map((record) => look(hsm, record)))
    return {
      tokens: tokensOf(hsm, settings),
      keys: listed,
      intact: listed.every(({ refused }) => !refused),
    }
  })
  const note = settings.token === null ? ', new, of this run alone' : ''
  process.stdout.write(
    json
      ? `${JSON.stringify({ provider: settings.provider, tokens, keys }, null, 2)}\n`
      : `${keyTree(tokens.map(titleOf).join(' and ') + note, keys).join('\n')}\n`,
  )
  return intact ? EXIT.done : EXIT.unexpected
}

/** In the order of the settings. */
function tokensOf({ tokens }: Hsm, { provider, twin }: TokenSettings): ListedToken[] {
  const providers = [provider, twin?.provider]
  return tokens.map(({ name, standing, reason }, at) => ({
    provider: providers[at] ?? provider,
    name,
    standing,
    reason,
  }))
}

function titleOf({ provider, name, standing, reason }: ListedToken): string {
  const title = `${provider}, token "${name}"`
  return standing === 'there' ? title : `${title} (${standing}: ${reason})`
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
