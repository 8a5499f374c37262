import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TokenAccess } from '../../hardware/hsm/access.ts'
import { openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import { PROVIDERS, type ProviderName } from '../../hardware/hsm/providers/providers.ts'
import { tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { ROOT } from '../bench/places.ts'

/** Modules of which scenarios may make tokens, by the names that features use. */
const MODULES = { SoftHSM2: 'softhsm2', 'NSS softokn': 'nss' } as const satisfies Record<string, ProviderName>

export type ModuleName = keyof typeof MODULES

const MAKE_NSS = join(ROOT, 'hardware/hsm/test-support/make-nss-token.ts')
/** A token that exists for seconds in a private folder; with at least 8 characters, which reports are searched for. */
const NSS_PIN = 'pin of a test token'

/** Throws when features speak of another module. */
export function moduleNamed(name: string): ModuleName {
  if (name in MODULES) return name as ModuleName
  throw new Error(`expected one of the modules ${Object.keys(MODULES).join(', ')}, got "${name}"`)
}

/** Null when the module is there, else what to do about it. */
export function lacking(name: ModuleName): string | null {
  const { modules, install } = PROVIDERS[MODULES[name]]
  return modules.some((path) => existsSync(path)) ? null : `needs ${name}: ${install}`
}

/** A new token in a folder below `directory`; `provision`: whether it gets its master keys. */
export async function newToken(
  name: ModuleName,
  directory: string,
  { provision = true } = {},
): Promise<TokenAccess> {
  return name === 'SoftHSM2' ? createPrivateToken({ directory }) : newNssToken(directory, { provision })
}

/** A new key database of NSS in a folder below `directory`. */
export async function newNssToken(directory: string, { provision = true } = {}): Promise<TokenAccess> {
  const home = await mkdtemp(join(directory, 'nss-'))
  const module = PROVIDERS.nss.modules.find((path) => existsSync(path)) ?? ''
  await promisify(execFile)(process.execPath, [MAKE_NSS, module, home, NSS_PIN])
  const named = {
    PROVIDER: 'nss',
    TOKEN_LABEL: 'NSS Certificate DB',
    PIN: NSS_PIN,
    PROVISION: provision ? 'yes' : 'no',
  }
  return (await openTokenOf(tokenSettings(named, ''), home)).access
}
