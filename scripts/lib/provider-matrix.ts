import type { TokenAccess } from '../../hardware/hsm/access.ts'
import type { Capabilities } from '../../hardware/hsm/capabilities/features.ts'
import { type Placement, placements, type Variant } from '../../hardware/hsm/capabilities/placement.ts'
import { probeToken } from '../../hardware/hsm/capabilities/probe-token.ts'
import { HsmError } from '../../hardware/hsm/error.ts'
import { moduleOf, openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import { PROVIDERS, type ProviderName } from '../../hardware/hsm/providers/providers.ts'
import { type TokenSettings, tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { newNssToken } from '../../hardware/hsm/test-support/nss-token.ts'
import {
  opencryptokiLacking,
  PrivateOpencryptoki,
} from '../../hardware/hsm/test-support/private-opencryptoki.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'

/** What one module can do; `operations` is null when nothing could be tried, and `reason` says why. `token`: null of a new one. */
export interface ProviderColumn {
  readonly provider: ProviderName
  readonly token: string | null
  readonly module: string | null
  readonly operations: Readonly<Record<Variant, Placement>> | null
  readonly reason: string | null
}

export const PREFIX = 'TAPBENCH_HSM_'

/**
 * Tries every provider that is there: the token that `environment` names on its provider, new private ones in `directory` on those that may
 * have them; of a group of tokens each that is named. Keys in the memory of the signers are allowed, so that each operation says where it can
 * be done at all.
 */
export async function providerMatrix(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<ProviderColumn[]> {
  const { twin, ...first } = tokenSettings(environment, PREFIX)
  const named = [first, ...(twin === null ? [] : [twin])].filter(({ token }) => token !== null)
  const columns: ProviderColumn[] = []
  for (const provider of Object.keys(PROVIDERS) as ProviderName[]) {
    const own = named.filter((settings) => settings.provider === provider)
    const fresh = first.provider === provider ? first : { ...tokenSettings({}, PREFIX), provider }
    for (const settings of own.length === 0 ? [fresh] : own)
      columns.push(await columnOf({ ...NOTHING_KEPT, ...settings }, directory))
  }
  return columns
}

/** The module, and the token where one is named. */
export function titleOf({ provider, token }: ProviderColumn): string {
  return token === null ? provider : `${provider} "${token}"`
}

/** Each token is looked at by itself, without keys. */
const NOTHING_KEPT = { keys: null, provision: false, twin: null }

async function columnOf(settings: TokenSettings, directory: string): Promise<ProviderColumn> {
  const { provider } = settings
  const token = settings.token === null ? null : Object.values(settings.token).join()
  let module: string | null = null
  try {
    module = moduleOf(settings)
    const opened = await openedOf(settings, directory)
    if (typeof opened === 'string') return { provider, token, module, operations: null, reason: opened }
    return { provider, token, module, operations: placements(await triedOut(opened), true), reason: null }
  } catch (error) {
    if (!(error instanceof HsmError)) throw error
    return { provider, token, module, operations: null, reason: error.what }
  }
}

/** What is to be tried, and to be closed then. */
interface Tried {
  readonly access: TokenAccess
  close(): Promise<void>
}

async function triedOut({ access, close }: Tried): Promise<Capabilities> {
  try {
    return await probeToken(access)
  } finally {
    await close()
  }
}

const NAME_ONE = `a token of it must be named: ${PREFIX}PROVIDER, ${PREFIX}TOKEN_LABEL and ${PREFIX}PIN_FILE`

/** How a new token is made that stays nowhere; in words, why there can be none. */
const NEW_TOKENS: Record<ProviderName, (directory: string) => Promise<Tried | string>> = {
  softhsm2: async (directory) => {
    const token = await createPrivateToken({ directory, masters: false })
    return { access: token, close: () => token.close() }
  },
  nss: async (directory) => ({
    access: await newNssToken(directory, { provision: false }),
    close: async () => {},
  }),
  opencryptoki: async () => {
    const lacks = opencryptokiLacking()
    if (lacks !== null) return `${lacks}; else ${NAME_ONE}`
    const token = await PrivateOpencryptoki.open({ provision: false })
    return { access: token, close: () => token.close() }
  },
  yubihsm2: async () => NAME_ONE,
}

async function openedOf(settings: TokenSettings, directory: string): Promise<Tried | string> {
  const { provider, token, module } = settings
  // A module that is named is another vendor's, which is given no new tokens.
  if (token === null && module === null) return NEW_TOKENS[provider](directory)
  return openTokenOf(settings, directory)
}
