import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { compile } from '../../pcsc/compile.ts'
import type { TokenAccess } from '../access.ts'
import { openTokenOf } from '../providers/open-token.ts'
import { PROVIDERS } from '../providers/providers.ts'
import { tokenSettings } from '../providers/settings.ts'

const MAKE = join(import.meta.dirname, 'make-nss-token.ts')
const NO_KEY_WRAP = join(import.meta.dirname, 'no-key-wrap.c')
/** A token that exists for seconds in a private folder; with at least 8 characters, which reports are searched for. */
const PIN = 'pin of a test token'
const module = PROVIDERS.nss.modules.find((path) => existsSync(path))

/** Why there can be no token of NSS here; null where there can. */
export function nssLacking(): string | null {
  return module === undefined ? `needs NSS softokn: ${PROVIDERS.nss.install}` : null
}

/** A new key database of NSS in a folder below `directory`; `provision`: whether it gets its master keys. */
export async function newNssToken(directory: string, { provision = true } = {}): Promise<TokenAccess> {
  const home = await mkdtemp(join(directory, 'nss-'))
  await promisify(execFile)(process.execPath, [MAKE, module ?? '', home, PIN])
  const named = {
    PROVIDER: 'nss',
    TOKEN_LABEL: 'NSS Certificate DB',
    PIN,
    PROVISION: provision ? 'yes' : 'no',
  }
  return (await openTokenOf(tokenSettings(named, ''), home)).access
}

/** The same token behind a module that does not wrap by RFC 5649 (`no-key-wrap.c`). Throws when there is no C compiler. */
export async function withoutKeyWrap(token: TokenAccess, cacheDirectory: string): Promise<TokenAccess> {
  const flags = ['-shared', '-fPIC', '-ldl']
  const inFront = await compile({ source: NO_KEY_WRAP, flags, cacheDirectory })
  const environment = { ...token.environment, TAPBENCH_NO_KEY_WRAP_MODULE: token.module }
  return { ...token, pin: token.pin, module: inFront, environment }
}
