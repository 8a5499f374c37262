import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import type { TokenAccess } from '../access.ts'
import { HsmError } from '../error.ts'
import { FileKeyStore } from '../keys/file-key-store.ts'
import { type KeyStore, MemoryKeyStore } from '../keys/key-store.ts'
import { SignerProcess } from '../signer-process.ts'
import { createPrivateToken } from '../token.ts'
import { nssParameters } from './nss.ts'
import { PROVIDERS } from './providers.ts'
import type { TokenSettings } from './settings.ts'

/** A token, the keys that lie under it, and what is to be done when it is no longer used. */
export interface OpenedToken {
  readonly access: TokenAccess
  readonly keys: KeyStore
  close(): Promise<void>
}

/**
 * Finds the module and the PIN that settings name, and makes a private token in `directory` when they name none. A token that is there is
 * not touched, unless settings ask for its master keys. Throws HsmError.
 */
export async function openTokenOf(
  settings: TokenSettings,
  directory: string,
  clock: Clock = systemClock,
): Promise<OpenedToken> {
  const module = moduleOf(settings)
  const keys = settings.keys === null ? new MemoryKeyStore() : new FileKeyStore(settings.keys)
  if (settings.token === null) return { ...(await privateToken(settings, module, directory, clock)), keys }
  const access = { module, ...settings.token, ...(await surroundings(settings, directory)) }
  const known = withPin(access, await pinOf(settings))
  if (settings.provision) await SignerProcess.once({ type: 'provision', access: known }, clock)
  return { access: known, keys, close: async () => {} }
}

/** Path of the module. Throws MODULE_NOT_FOUND, naming the package. */
export function moduleOf(
  { provider, module }: Pick<TokenSettings, 'provider' | 'module'>,
  exists: (path: string) => boolean = existsSync,
): string {
  const { modules, install } = PROVIDERS[provider]
  const found = module ?? modules.find((path) => exists(path))
  if (found === undefined)
    throw new HsmError(
      'MODULE_NOT_FOUND',
      `expected ${provider} at one of ${modules.join(', ')}, got none (${install})`,
    )
  if (exists(found)) return found
  throw new HsmError('MODULE_NOT_FOUND', `expected a PKCS#11 module at ${found}, got no such file`)
}

async function privateToken(
  settings: TokenSettings,
  module: string,
  directory: string,
  clock: Clock,
): Promise<Omit<OpenedToken, 'keys'>> {
  const { provider } = settings
  // What initialises a token of another vendor's module may wipe it.
  const ours = (PROVIDERS[provider].modules as readonly string[]).some(
    (path) => basename(path) === basename(module),
  )
  if (!ours || provider !== 'softhsm2')
    throw new HsmError(
      'CONFIGURATION_WRONG',
      `expected the label, serial number or slot of a token in ${module}, got none, and only SoftHSM2 is given new tokens`,
    )
  const token = await createPrivateToken({ directory, module, clock })
  return { access: token, close: () => token.close() }
}

async function surroundings(
  { provider, connector }: TokenSettings,
  directory: string,
): Promise<Pick<TokenAccess, 'environment' | 'libraryParameters'>> {
  if (provider === 'nss') return { libraryParameters: nssParameters(directory) }
  if (provider !== 'yubihsm2' || connector === null) return {}
  const file = join(directory, 'yubihsm_pkcs11.conf')
  await mkdir(directory, { recursive: true })
  await writeFile(file, `connector=${connector}\n`)
  return { environment: { YUBIHSM_PKCS11_CONF: file } }
}

async function pinOf({ provider, pin, pinFile }: TokenSettings): Promise<string> {
  if (pin !== null) return pin
  try {
    return (await readFile(pinFile ?? '', 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new HsmError(
      'CONFIGURATION_WRONG',
      `expected ${PROVIDERS[provider].pin} in ${pinFile}, got ${code}`,
    )
  }
}

/** Not an own property that is listed, so that no log or JSON of this object has it. */
function withPin(access: Omit<TokenAccess, 'pin'>, pin: string): TokenAccess {
  return Object.defineProperty({ ...access }, 'pin', { value: pin }) as TokenAccess
}
