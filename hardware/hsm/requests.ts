import type { HsmFault } from './error.ts'

/** AES-128 keys make cryptograms of CID 80, P-256 keys those of CID C1. */
export type CardKeyAlgorithm = 'aes-128' | 'ec-p256'

/** Where a token is and how to log in. `pin` goes to the signer processes over IPC, never into arguments or environment. */
export interface TokenAccess {
  /** Path of the PKCS#11 module. */
  readonly module: string
  /** CKA_LABEL of the token; wins over `slot`. One of the two is needed. */
  readonly tokenLabel?: string
  /** Number of the slot that holds the token. */
  readonly slot?: number
  /** User PIN (CKU_USER). */
  readonly pin: string
  /** Environment variables that the module needs, e.g. SOFTHSM2_CONF; set for the signer processes alone. */
  readonly environment?: Readonly<Record<string, string>>
}

/** One operation that a signer does in its token. Labels are CKA_LABEL; sizes were checked by the client. */
export type HsmRequest =
  | { operation: 'ImportTransportKey'; label: string; value: Uint8Array }
  | { operation: 'ImportCardKey'; label: string; algorithm: 'aes-128'; value: Uint8Array }
  | { operation: 'ImportCardKey'; label: string; algorithm: 'ec-p256'; point: Uint8Array }
  | { operation: 'GenerateCardKey'; label: string; algorithm: CardKeyAlgorithm; transportKey: string }
  | { operation: 'VerifyArqc'; label: string; cid: number; data: Uint8Array; cryptogram: Uint8Array }

/** What the operations return. `kcv`: 3 bytes, AES only; `point`: 65 bytes, uncompressed, P-256 only. */
export interface HsmResults {
  ImportTransportKey: { kcv: Uint8Array }
  ImportCardKey: { kcv: Uint8Array | null }
  GenerateCardKey: { wrapped: Uint8Array; kcv: Uint8Array | null; point: Uint8Array | null }
  VerifyArqc: boolean
}

/** A failure on its way from a signer to the client, where it becomes an HsmError. */
export interface Failure {
  code: HsmFault
  what: string
}

/** Answer to one request; `us` is what the operation took in the signer, in microseconds. */
export type HsmReply =
  | { us: number; result: HsmResults[HsmRequest['operation']]; failure?: never }
  | { us: number; failure: Failure }

/** Client to signer. The first message is `initialise` or `open`; the signer ends when the channel closes. */
export type ToSigner =
  | { type: 'initialise'; access: TokenAccess; securityOfficerPin: string }
  | { type: 'open'; access: TokenAccess }
  | { type: 'batch'; requests: readonly HsmRequest[] }

/** Signer to client: one message for each of {@link ToSigner}, in order; `replies` in the order of the requests. */
export type FromSigner =
  | { type: 'ready'; failure?: Failure }
  | { type: 'replies'; replies: readonly HsmReply[] }
