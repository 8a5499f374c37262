import type { Capabilities } from '../capabilities/features.ts'
import type { Placement, Variant } from '../capabilities/placement.ts'
import type { Token } from './cryptoki.ts'
import type { KeyRing } from './key-ring.ts'
import type { Masters } from './masters.ts'

/** What an operation has at hand. */
export interface Signer {
  readonly token: Token
  readonly capabilities: Capabilities
  /** Whether other tokens have to do with the same keys. */
  readonly shared: boolean
  readonly places: Readonly<Record<Variant, Placement>>
  readonly masters: Masters
  readonly ring: KeyRing
}
