import type { TokenAccess } from './access.ts'
import type { Capabilities } from './capabilities/features.ts'
import type { Variant } from './capabilities/placement.ts'
import type { HsmFault } from './error.ts'
import type { Opened } from './group/agreement.ts'
import type { SealedKey } from './keys/sealed-key.ts'
import type { MasterShare, TransportPublicKey } from './signer/ceremony.ts'
import type { ArgsOf, OperationName, ResultOf } from './signer/operations.ts'
import type { Packed } from './wire/packed.ts'

export type { ArgsOf, OperationName, ResultOf } from './signer/operations.ts'

/** One operation for a signer; sizes and labels in `args` were checked by the client. */
export type HsmRequest = { [Name in OperationName]: { operation: Name; args: ArgsOf<Name> } }[OperationName]

/** A failure on its way from a signer to the client, where it becomes an HsmError. */
export interface Failure {
  code: HsmFault
  what: string
}

/** Answer to one request; `us` is what the operation took in the signer, in microseconds; `variant`: null when it was refused before. */
export type HsmReply =
  | { us: number; variant: Variant; result: ResultOf<OperationName>; failure?: never }
  | { us: number; variant: Variant | null; failure: Failure }

/**
 * Requests that go to a signer together. `keys`: those that it needs and was not told of yet; `now`: milliseconds since 1970; `requests`:
 * {@link HsmRequest}.
 */
export interface Batch {
  now: number
  keys: readonly SealedKey[]
  requests: Packed
}

export interface OpenOptions {
  /** Whether operations that the token cannot do may be done with the key in the signer's memory. */
  clearAllowed: boolean
  /** Whether keys must be such that other tokens can take them in. */
  shared: boolean
  /** What another signer found out about this token; null: find out. */
  capabilities: Capabilities | null
}

/**
 * Client to signer. What has an `access` comes first; batches follow `open`, the rest of a ceremony for master keys of a group follows
 * `invite`, and nothing the others. The signer ends when the channel closes.
 */
export type ToSigner =
  | { type: 'initialise'; access: TokenAccess; securityOfficerPin: string; provision: boolean }
  | { type: 'provision'; access: TokenAccess }
  | { type: 'probe'; access: TokenAccess }
  | { type: 'invite'; access: TokenAccess }
  | { type: 'found'; publicKeys: readonly TransportPublicKey[] }
  | { type: 'vouch'; publicKey: TransportPublicKey; securityOfficerPin: string }
  | { type: 'join'; share: MasterShare }
  | ({ type: 'open'; access: TokenAccess } & OpenOptions)
  | ({ type: 'batch' } & Batch)

/** Signer to client: one message for each of {@link ToSigner}, in order; `replies`: {@link HsmReply}, in the order of the requests. */
export type FromSigner =
  | { type: 'ready' }
  | { type: 'probed'; capabilities: Capabilities }
  | { type: 'opened'; opened: Opened }
  | { type: 'invited'; publicKey: TransportPublicKey | null; empty: boolean }
  | { type: 'founded'; shares: readonly MasterShare[] }
  | { type: 'refused'; failure: Failure }
  | { type: 'replies'; replies: Packed; rssBytes: number }
