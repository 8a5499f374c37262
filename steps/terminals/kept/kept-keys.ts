import { randomBytes } from 'node:crypto'
import type { TrustKeys } from '../../../simulators/merchant-ase/terminals/trust-keys.ts'
import { softwareTrustKeys } from '../../../simulators/merchant-ase/testing/software-trust-keys.ts'
import type { KeptTrustOptions } from './kept-trust.ts'

/** The keys of the estate's authority. */
export function keptKeys(_: KeptTrustOptions): Promise<TrustKeys> {
  return softwareTrustKeys((length) => new Uint8Array(randomBytes(length)))
}
