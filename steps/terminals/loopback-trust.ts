import type { X509Certificate } from 'node:crypto'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { machineRandom } from '../../simulators/common/machine-random.ts'
import type { Database } from '../../simulators/merchant-ase/database/tables.ts'
import { DEFAULT_PERIODS } from '../../simulators/merchant-ase/terminals/trust-config.ts'
import type { TrustKeys } from '../../simulators/merchant-ase/terminals/trust-keys.ts'
import { type TrustService, trustService } from '../../simulators/merchant-ase/terminals/trust-service.ts'
import { DEFAULT_WINDOWS } from '../../simulators/merchant-ase/windows.ts'
import { benchTls } from '../bench/certificates.ts'
import type { Closer } from '../bench/closer.ts'

export interface LoopbackTrustOptions {
  db: Database
  keys: () => Promise<TrustKeys>
  /** Whose devices are trusted. */
  factory: X509Certificate
  journal: Journal
  closers: Closer[]
}

/** The API of a merchant ASE for terminals, on a free port of loopback; and the TLS root that these must trust, PEM. */
export async function startLoopbackTrust({
  db,
  keys,
  factory,
  journal,
  closers,
}: LoopbackTrustOptions): Promise<{ trust: TrustService; tlsRoot: string }> {
  const { root: tlsRoot, ...tls } = await benchTls(['127.0.0.1'])
  const [port = 0] = await freePorts(1)
  const trust = trustService({
    db,
    keys,
    manufacturers: [[factory]],
    windows: DEFAULT_WINDOWS,
    periods: DEFAULT_PERIODS,
    clock: systemClock,
    random: machineRandom,
    journal,
    host: '127.0.0.1',
    port,
    tls,
  })
  await trust.service.start()
  closers.push(() => trust.service.stop())
  return { trust, tlsRoot }
}
