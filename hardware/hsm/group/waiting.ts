import type { SealedKey } from '../keys/sealed-key.ts'
import type { HsmReply, HsmRequest, OperationName } from '../requests.ts'

/** A key made twice would be two keys in the token's own records; of these, the caller decides whether to ask again. */
const NOT_REPEATED: ReadonlySet<OperationName> = new Set<OperationName>([
  'GenerateKey',
  'GenerateKeyPair',
  'GenerateCardKey',
  'GenerateBdk',
  'GeneratePwk',
  'GenerateZmk',
  'RenewKey',
])

/** An RSA pair takes up to seconds. */
const LONG: ReadonlySet<OperationName> = new Set<OperationName>(['GenerateKeyPair', 'RenewKey'])

/** What a signer answered, and the token that it works on. */
export interface Served {
  readonly reply: HsmReply
  readonly token: string
}

/** Who asked. */
interface Asker {
  readonly resolve: (served: Served) => void
  readonly reject: (error: unknown) => void
}

/** A request that waits for a signer, or for the answer of one. */
export interface Waiting extends Asker {
  readonly request: HsmRequest
  readonly keys: readonly SealedKey[]
  /** When it is given up, by the pool's clock. */
  readonly until: number
  /** How many signers may still be asked, the one that is being asked among them. */
  triesLeft: number
}

/** Whether a batch had better end with it: a signer that is silent for long is given up. */
export function takesLong({ request }: Waiting): boolean {
  return LONG.has(request.operation)
}

/** What can be repeated is asked once more than there are tokens: a signer may end where a token has just gone. */
export function waitingFor(
  request: HsmRequest,
  keys: readonly SealedKey[],
  until: number,
  tokens: number,
  { resolve, reject }: Asker,
): Waiting {
  const triesLeft = NOT_REPEATED.has(request.operation) ? 1 : 1 + tokens
  return { request, keys, until, triesLeft, resolve, reject }
}
