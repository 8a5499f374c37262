import type { Service } from '../../common/service.ts'
import type { MerchantAseConfig } from '../config.ts'
import type { Database } from '../database/tables.ts'
import type { TrustService } from '../terminals/trust-service.ts'
import { MerchantOffice } from './merchant-office.ts'
import { refuse } from './office-answer.ts'
import { officeService } from './office-service.ts'

/** The office of a merchant ASE, as it is configured; null for none. Not started yet. Throws a RangeError for a short secret. */
export function officeOf(
  { host = '127.0.0.1', office, journal }: Pick<MerchantAseConfig, 'host' | 'office' | 'journal'>,
  db: Database,
  trust: Pick<TrustService, 'office'> | null,
): Service | null {
  if (office === undefined) return null
  const terminals = trust?.office ?? (async () => refuse('terminals_not_onboarded'))
  const merchants = new MerchantOffice({ db, journal, terminals })
  return officeService({ ...office, host, merchants, terminals, journal })
}
