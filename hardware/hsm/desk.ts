import type { SealedKey } from './keys/sealed-key.ts'
import type { ArgsOf, OperationName, ResultOf } from './requests.ts'

/** What groups of operations are done through: the signers, the keys and the journal of one HSM. */
export interface Desk {
  /** `names`: labels of the keys that the signer needs, first the one that the journal names. Throws HsmError. */
  perform<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    args: ArgsOf<Name>,
  ): Promise<ResultOf<Name>>
  /** The same for what makes a key, which is kept when it was made. Throws KEY_EXISTS. */
  make<Name extends OperationName>(
    operation: Name,
    names: readonly string[],
    args: ArgsOf<Name> & { key: { label: string } },
    sealedOf: (result: ResultOf<Name>) => SealedKey | null,
  ): Promise<ResultOf<Name>>
}
