import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenAccess } from '../../../hardware/hsm/access.ts'
import { type Hsm, openHsm } from '../../../hardware/hsm/hsm.ts'
import { FileKeyStore } from '../../../hardware/hsm/keys/file-key-store.ts'
import { MemoryKeyStore } from '../../../hardware/hsm/keys/key-store.ts'
import { type OpenedToken, openTokenOf } from '../../../hardware/hsm/providers/open-token.ts'
import { tokenSettings } from '../../../hardware/hsm/providers/settings.ts'
import { openKeptToken } from '../../../hardware/hsm/token.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { hsmTrustKeys } from '../../../simulators/merchant-ase/terminals/hsm-trust-keys.ts'
import {
  makeBases,
  makeTrust,
  type TrustCertificates,
} from '../../../simulators/merchant-ase/terminals/trust-ceremony.ts'
import type { TrustKeys } from '../../../simulators/merchant-ase/terminals/trust-keys.ts'
import { closing } from '../../bench/closer.ts'
import type { KeptTrustOptions } from './kept-options.ts'

type PairName = keyof TrustCertificates
const KEYS = 'keys'
const AUTHORITY = 'authority.json'
const PAIRS: readonly PairName[] = ['root', 'authority', 'host', 'configurator']

/**
 * The keys of the estate's authority: in the token that TAPBENCH_HSM_… names, else in a SoftHSM2 token of the folder; made at the first use.
 * Beside them lie their sealed records and the certificates.
 */
export async function keptKeys({ folder, journal, closers }: KeptTrustOptions): Promise<TrustKeys> {
  const token = await tokenOf(folder, closers)
  const keys = new FileKeyStore(join(folder, KEYS))
  const hsm = await closing(closers, openHsm({ token, keys, signers: 1, clearAllowed: true, journal }))
  return hsmTrustKeys(hsm, await certificatesOf(hsm, join(folder, AUTHORITY)))
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
export async function keptCertificates(folder: string): Promise<TrustCertificates> {
  return restored(JSON.parse(await readFile(join(folder, AUTHORITY), 'utf8')))
}

async function tokenOf(folder: string, closers: KeptTrustOptions['closers']): Promise<TokenAccess> {
  const settings = tokenSettings(process.env, 'TAPBENCH_HSM_')
  if (settings.token === null)
    return openKeptToken({ directory: join(folder, 'token'), module: settings.module ?? undefined })
  const { access } = await closing(closers, openTokenOf({ ...settings, keys: null }, join(folder, 'token')))
  return access
}

/** Made once. Throws when the keys are there and their certificates are not. */
async function certificatesOf(hsm: Hsm, file: string): Promise<TrustCertificates> {
  const kept = await readFile(file, 'utf8').catch(() => null)
  if (kept !== null) {
    await makeBases(hsm)
    return restored(JSON.parse(kept))
  }
  const made = await makeTrust(hsm, { clock: systemClock, random })
  const texts = Object.fromEntries(PAIRS.map((name) => [name, made[name].toString()]))
  await writeFile(file, JSON.stringify(texts, null, 2))
  return made
}

function restored(texts: Record<PairName, string>): TrustCertificates {
  const { root, authority, host, configurator } = texts
  return {
    root: new X509Certificate(root),
    authority: new X509Certificate(authority),
    host: new X509Certificate(host),
    configurator: new X509Certificate(configurator),
  }
}
