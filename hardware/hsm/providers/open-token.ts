import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import type { TokenAccess } from '../access.ts'
import { HsmError } from '../error.ts'
import { shareMasters } from '../group/ceremony.ts'
import { FileKeyStore } from '../keys/file-key-store.ts'
import { type KeyStore, MemoryKeyStore } from '../keys/key-store.ts'
import { pinGuard } from '../pin-guard.ts'
import { SignerProcess } from '../signer-process.ts'
import { createPrivateToken, type PrivateTokenOptions } from '../token.ts'
import { nssParameters } from './nss.ts'
import { PROVIDERS } from './providers.ts'
import type { TokenSettings, TwinSettings } from './settings.ts'

/** A token, the keys that lie under it, and what is to be done when it is no longer used. */
export interface OpenedToken {
  readonly access: TokenAccess
  /** More tokens with the same master keys. */
  readonly twins: readonly TokenAccess[]
  readonly keys: KeyStore
  close(): Promise<void>
}

/** What a private token is made with. */
type NewToken = Required<Pick<PrivateTokenOptions, 'tokenLabel' | 'masters' | 'clock'>>
type OneToken = Pick<OpenedToken, 'access' | 'close'>

/**
 * Finds the modules and the PINs that settings name, and makes private tokens in `directory` when they name none. A token that is there is
 * not touched, unless settings ask for its master keys. Throws HsmError.
 */
export async function openTokenOf(
  settings: TokenSettings,
  directory: string,
  clock: Clock = systemClock,
): Promise<OpenedToken> {
  const { twin } = settings
  const keys = settings.keys === null ? new MemoryKeyStore() : new FileKeyStore(settings.keys)
  const masters = twin === null
  const triesFile = settings.keys === null ? undefined : `${settings.keys}.wrong-pins`
  const first = await openOne(settings, directory, triesFile, { tokenLabel: 'tapbench', masters, clock })
  const tokens = [first]
  const close = async () => {
    for (const token of tokens) await token.close()
  }
  try {
    if (twin !== null)
      tokens.push(
        await openOne(twin, join(directory, '2'), triesFile, { tokenLabel: 'tapbench 2', masters, clock }),
      )
    const accesses = tokens.map(({ access }) => access)
    await provide(settings, accesses, clock)
    return { access: first.access, twins: accesses.slice(1), keys, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Master keys where there are to be some: new tokens of a group have none yet, a new one alone has. */
async function provide(
  { token, provision }: TokenSettings,
  accesses: readonly TokenAccess[],
  clock: Clock,
): Promise<void> {
  const [access, ...twins] = accesses
  if (twins.length > 0 && (provision || token === null)) await shareMasters(accesses, clock)
  else if (provision && access !== undefined)
    await pinGuard.guarded(access, () => SignerProcess.once({ type: 'provision', access }, clock))
}

async function openOne(
  settings: TwinSettings,
  directory: string,
  triesFile: string | undefined,
  fresh: NewToken,
): Promise<OneToken> {
  const module = moduleOf(settings)
  if (settings.token === null) return privateToken(settings, module, directory, fresh)
  const kept = triesFile === undefined ? {} : { triesFile }
  const access = { module, ...settings.token, ...(await surroundings(settings, directory)), ...kept }
  return { access: withPin(access, await pinOf(settings)), close: async () => {} }
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
  { provider }: TwinSettings,
  module: string,
  directory: string,
  fresh: NewToken,
): Promise<OneToken> {
  // What initialises a token of another vendor's module may wipe it.
  const ours = (PROVIDERS[provider].modules as readonly string[]).some(
    (path) => basename(path) === basename(module),
  )
  if (!ours || provider !== 'softhsm2')
    throw new HsmError(
      'CONFIGURATION_WRONG',
      `expected the label, serial number or slot of a token in ${module}, got none, and only SoftHSM2 is given new tokens`,
    )
  const token = await createPrivateToken({ directory, module, ...fresh })
  return { access: token, close: () => token.close() }
}

async function surroundings(
  { provider, connector }: TwinSettings,
  directory: string,
): Promise<Pick<TokenAccess, 'environment' | 'libraryParameters'>> {
  if (provider === 'nss') return { libraryParameters: nssParameters(directory) }
  if (provider !== 'yubihsm2' || connector === null) return {}
  const file = join(directory, 'yubihsm_pkcs11.conf')
  await mkdir(directory, { recursive: true })
  await writeFile(file, `connector=${connector}\n`)
  return { environment: { YUBIHSM_PKCS11_CONF: file } }
}

async function pinOf({ provider, pin, pinFile }: TwinSettings): Promise<string> {
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
