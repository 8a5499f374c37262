import type { Variant } from '../capabilities/placement.ts'
import type { Signer } from './signer.ts'

/** One operation of the HSM, in a signer. */
export interface Operation<Args, Result> {
  /** Which entry of `capabilities/placement.ts` this is. Throws KEY_NOT_FOUND. */
  variant(args: Args, signer: Signer): Variant
  /** Null for what no token can do. */
  readonly inToken: ((signer: Signer, args: Args) => Result) | null
  /** With the key in this process's memory; for the variants that can be done so. */
  clear?(signer: Signer, args: Args): Result
}
