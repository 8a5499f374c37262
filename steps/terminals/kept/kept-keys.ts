import { join } from 'node:path'
import type { TokenAccess } from '../../../hardware/hsm/access.ts'
import { openHsm } from '../../../hardware/hsm/hsm.ts'
import { FileKeyStore } from '../../../hardware/hsm/keys/file-key-store.ts'
import { MemoryKeyStore } from '../../../hardware/hsm/keys/key-store.ts'
import { type OpenedToken, openTokenOf } from '../../../hardware/hsm/providers/open-token.ts'
import { tokenSettings } from '../../../hardware/hsm/providers/settings.ts'
import { openKeptToken } from '../../../hardware/hsm/token.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { hsmTrustKeys } from '../../../simulators/merchant-ase/terminals/hsm-trust-keys.ts'
import type { TrustCertificates } from '../../../simulators/merchant-ase/terminals/trust-ceremony.ts'
import { openTrust, readTrust } from '../../../simulators/merchant-ase/terminals/trust-file.ts'
import type { TrustKeys } from '../../../simulators/merchant-ase/terminals/trust-keys.ts'
import { closing } from '../../bench/closer.ts'
import type { KeptTrustOptions } from './kept-options.ts'

const KEYS = 'keys'
const AUTHORITY = 'authority.json'

/**
 * The keys of the estate's authority: in the token that TAPBENCH_HSM_… names, else in a SoftHSM2 token of the folder; made at the first use.
 * Beside them lie their sealed records and the certificates.
 */
export async function keptKeys({ folder, journal, closers }: KeptTrustOptions): Promise<TrustKeys> {
  const token = await tokenOf(folder, closers)
  const keys = new FileKeyStore(join(folder, KEYS))
  const hsm = await closing(closers, openHsm({ token, keys, signers: 1, clearAllowed: true, journal }))
  return hsmTrustKeys(hsm, await openTrust(hsm, join(folder, AUTHORITY), { clock: systemClock, random }))
}

/** The same token for payments: what is put into its keys is for one run, the folder stays as it is. */
export async function keptPaymentKeys({
  folder,
  closers,
}: Pick<KeptTrustOptions, 'folder' | 'closers'>): Promise<OpenedToken> {
  const access = await tokenOf(folder, closers)
  const keys = new MemoryKeyStore(new FileKeyStore(join(folder, KEYS)).list())
  return { access, twins: [], keys, close: async () => {} }
}

/** The certificates of the authority. Throws when nobody was onboarded yet. */
export function keptCertificates(folder: string): Promise<TrustCertificates> {
  return readTrust(join(folder, AUTHORITY))
}

async function tokenOf(folder: string, closers: KeptTrustOptions['closers']): Promise<TokenAccess> {
  const settings = tokenSettings(process.env, 'TAPBENCH_HSM_')
  if (settings.token === null)
    return openKeptToken({ directory: join(folder, 'token'), module: settings.module ?? undefined })
  const { access } = await closing(closers, openTokenOf({ ...settings, keys: null }, join(folder, 'token')))
  return access
}
