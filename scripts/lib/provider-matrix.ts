import { type Placement, placements, type Variant } from '../../hardware/hsm/capabilities/placement.ts'
import { probeToken } from '../../hardware/hsm/capabilities/probe-token.ts'
import { HsmError } from '../../hardware/hsm/error.ts'
import { moduleOf, openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import { PROVIDERS, type ProviderName } from '../../hardware/hsm/providers/providers.ts'
import { type TokenSettings, tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { newNssToken } from '../../steps/hsm/modules.ts'

/** What one module can do; `operations` is null when nothing could be tried, and `reason` says why. */
export interface ProviderColumn {
  readonly provider: ProviderName
  readonly module: string | null
  readonly operations: Readonly<Record<Variant, Placement>> | null
  readonly reason: string | null
}

export const PREFIX = 'TAPBENCH_HSM_'

/**
 * Tries every provider that is there: the token that `environment` names on its provider, new private ones in `directory` on those that may
 * have them. Keys in the memory of the signers are allowed, so that each operation says where it can be done at all.
 */
export async function providerMatrix(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<ProviderColumn[]> {
  const named = tokenSettings(environment, PREFIX)
  const columns: ProviderColumn[] = []
  for (const provider of Object.keys(PROVIDERS) as ProviderName[])
    columns.push(await columnOf(provider, named, directory))
  return columns
}

/** In a line: where, and what is missing for the token to do it. */
export function placeInWords({ where, missing }: Placement): string {
  return missing.length === 0 ? where : `${where}: ${missing.join(', ')}`
}

async function columnOf(
  provider: ProviderName,
  named: TokenSettings,
  directory: string,
): Promise<ProviderColumn> {
  const settings = named.provider === provider ? named : { ...tokenSettings({}, PREFIX), provider }
  let module: string | null = null
  try {
    module = moduleOf(settings)
    const access = await accessOf(settings, directory)
    if (access === null) return { provider, module, operations: null, reason: NO_TOKEN }
    return { provider, module, operations: placements(await probeToken(access), true), reason: null }
  } catch (error) {
    if (!(error instanceof HsmError)) throw error
    return { provider, module, operations: null, reason: error.what }
  }
}

const NO_TOKEN = `a token of it must be named: ${PREFIX}PROVIDER, ${PREFIX}TOKEN_LABEL and ${PREFIX}PIN_FILE`

async function accessOf(settings: TokenSettings, directory: string) {
  const { provider, token } = settings
  if (token === null && provider === 'nss') return newNssToken(directory)
  if (token === null && !PROVIDERS[provider].ownToken) return null
  return (await openTokenOf(settings, directory)).access
}
