import { existsSync } from 'node:fs'
import type { TokenAccess } from '../../hardware/hsm/access.ts'
import { PROVIDERS } from '../../hardware/hsm/providers/providers.ts'
import { newNssToken, nssLacking } from '../../hardware/hsm/test-support/nss-token.ts'
import {
  opencryptokiLacking,
  PrivateOpencryptoki,
} from '../../hardware/hsm/test-support/private-opencryptoki.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { type Closer, closing } from '../bench/closer.ts'

interface Module {
  /** Null when it can be used here, else what to do about it. */
  lacking(): string | null
  /** A new token, in a folder below `directory` where it needs one; `provision`: whether it gets its master keys. */
  newToken(directory: string, closers: Closer[], provision: boolean): Promise<TokenAccess>
}

/** Modules of which scenarios may make tokens, by the names that features use. */
const MODULES = {
  SoftHSM2: {
    lacking: () =>
      PROVIDERS.softhsm2.modules.some((path) => existsSync(path))
        ? null
        : `needs SoftHSM2: ${PROVIDERS.softhsm2.install}`,
    newToken: (directory, _, masters) => createPrivateToken({ directory, masters }),
  },
  'NSS softokn': {
    lacking: nssLacking,
    newToken: (directory, _, provision) => newNssToken(directory, { provision }),
  },
  opencryptoki: {
    lacking: opencryptokiLacking,
    newToken: (_, closers, provision) => closing(closers, PrivateOpencryptoki.open({ provision })),
  },
} as const satisfies Record<string, Module>

export type ModuleName = keyof typeof MODULES

/** Throws when features speak of another module. */
export function moduleNamed(name: string): ModuleName {
  if (name in MODULES) return name as ModuleName
  throw new Error(`expected one of the modules ${Object.keys(MODULES).join(', ')}, got "${name}"`)
}

/** Null when tokens of the module can be made here, else what to do about it. */
export function lacking(name: ModuleName): string | null {
  return MODULES[name].lacking()
}

/** A new token; what is to be ended with it comes to `closers`. */
export async function newToken(
  name: ModuleName,
  directory: string,
  closers: Closer[],
  { provision = true } = {},
): Promise<TokenAccess> {
  return MODULES[name].newToken(directory, closers, provision)
}
