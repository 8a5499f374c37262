import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Hsm, openHsm } from '../../../hardware/hsm/hsm.ts'
import { createPrivateToken } from '../../../hardware/hsm/token.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Random } from '../../common/uuid.ts'
import { hsmTrustKeys } from '../terminals/hsm-trust-keys.ts'
import { makeTrust, type TrustCertificates } from '../terminals/trust-ceremony.ts'
import type { TrustKeys } from '../terminals/trust-keys.ts'

/** A merchant ASE's HSM on a SoftHSM2 token of its own, with all that the trust in terminals rests on. */
export interface TrustHsm {
  readonly hsm: Hsm
  readonly certificates: TrustCertificates
  readonly keys: TrustKeys
  close(): Promise<void>
}

export async function openTrustHsm(options: {
  clock: Clock
  random: Random
  journal: Journal
}): Promise<TrustHsm> {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-trust-'))
  const token = await createPrivateToken({ directory })
  const { clock, journal } = options
  const hsm = await openHsm({ token, signers: 1, clearAllowed: true, clock, journal })
  const certificates = await makeTrust(hsm, options)
  const close = async () => {
    await hsm.close()
    await token.close()
    await rm(directory, { recursive: true })
  }
  return { hsm, certificates, keys: hsmTrustKeys(hsm, certificates), close }
}
